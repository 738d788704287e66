"""What every room uses: errors, names, files, plug-ins found by name, this machine."""

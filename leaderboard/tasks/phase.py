"""The phase of matter."""

from leaderboard.kinds.class_metrics import ACCURACY, ACCURACY_CLEAR, MACRO_F1
from leaderboard.kinds.classification import Classification

TASK = Classification(
    name="phase",
    title="Phase",
    label="phase",
    unit="1",
    meaning="the phase of the infinite system, by the family's rule; answered by its name",
    margin="phase_margin",
    metrics=(ACCURACY, MACRO_F1, ACCURACY_CLEAR),
    primary="accuracy",
)

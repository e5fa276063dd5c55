"""The questionnaire of a study, for survey platforms and on paper."""

"""What people fill in: questionnaire, audit sheet and plan, written from the study and read back."""

"""What people fill in: questionnaire, audit sheet, plan; made from the study and read back."""

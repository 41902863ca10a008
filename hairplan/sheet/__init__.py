"""The patient's sheet: a page for the fridge, of all days that concern the patient."""

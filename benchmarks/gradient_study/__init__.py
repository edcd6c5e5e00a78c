"""The study of gradient checkers: backward passes right and wrong, inputs, recipes, and the count of what they say."""

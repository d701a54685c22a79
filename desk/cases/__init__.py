"""One case: everything in sight, its evidence, its verdict.

``views`` draws the page, ``actions`` takes the steps (plain POST forms), ``verdict`` asks the two
questions. What a page shows is put together by small modules named for it: ``growth``, ``wordings``,
``things``, ``timeline``, ``stepper``, ``proof``.
"""

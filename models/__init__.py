"""The domain: records, the rules of the workflow, and the store.

The only place with SQL or a state transition. The desk, the command and the scheduler all call the
functions here, so that a rule (evidence before verdict, four eyes) cannot be gone around.
"""

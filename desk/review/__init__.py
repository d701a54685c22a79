"""Review: what waits for a second person, and one notice from draft to publication.

``views`` lists, ``notice`` draws one notice, ``actions`` takes the steps. What a page shows is put
together by ``sentences`` (each sentence beside its evidence), ``diffs`` (what changed since the draft
before) and ``sheet`` (what an approver must see, the channels, who touched the notice).
"""

"""The numbers of pairs are rensa's own: keys in stored databases were made with them."""

from __future__ import annotations

import random

from rensa import RMinHash

from classifier.likeness import filing, token_hashes

CHARACTERS = "az09\u3400\u4dbf\u4e00\u9fff\ue000\ue005\ue0ff" + "车从武汉回到白兔潭看要报警"


def test_pairs_have_the_numbers_that_rensa_gives_them():
    text = "".join(random.Random(1).choices(CHARACTERS, k=3000))
    pairs = [a + b for a, b in zip(text, text[1:], strict=False)]
    assert token_hashes.of_pairs(text).tolist() == RMinHash.hash_token_sets([pairs])[0]


def test_a_batch_has_the_minima_of_each_text_alone():
    contents = ["", "车从武汉回到白兔潭", "a", "", "潭", "ab", "\ue002车", "l1", ""]
    for content, minima in zip(contents, filing._minima(contents), strict=True):
        minhash = RMinHash(num_perm=filing.BANDS * filing.ROWS, seed=filing.SEED)
        minhash.update([content[i : i + 2] for i in range(len(content) - 1)] or [content])
        assert minima == minhash.digest()

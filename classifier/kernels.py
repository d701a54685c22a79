"""Loops over characters, compiled by numba: what ``text``, ``kinds``, ``cues`` and ``features`` say.

Texts lie one behind the other as code points (uint32); nothing here is a Python object. Each
function either does exactly what the plain path does or says that it cannot (-1), and then the
plain path does it. Compiled code is kept beside the sources (``__pycache__``), or in the user's own
cache where those are not writable: as trusted as Python's own compiled files there.
"""

from __future__ import annotations

import numba
import numpy as np

# constants stand here, not in ``programs``: compiled code is thrown away when this file changes
POINTS = 0x30000  # code points the tables know; a text with a higher one goes the plain way
CHAR, CLASS, SPLIT, JUMP, RUN, AHEAD, SEEN, BEHIND, FOUND = range(9)
ROOM = 8192  # code points a text may grow to here; a longer one goes the plain way
STACK = 4096
PASSES = 8  # as in text.normalise
SLOW, HAN, GAP, BLANK, ECHO, EDGE = 1, 2, 4, 8, 16, 32  # bits of ``traits``
_jit = numba.njit(cache=True, nogil=True)


@_jit
def _has(classes, point, k):
    return (classes[point, k >> 6] >> np.uint64(k & 63)) & np.uint64(1) != 0


@_jit
def match(steps, classes, pc, text, at, n, stack):
    """The end of the match that begins at ``at``; -1 none, -2 the stack was too small."""
    top = 0
    while True:
        op, a, b, most = steps[pc, 0], steps[pc, 1], steps[pc, 2], steps[pc, 3]
        good = True
        if op == CHAR:
            good = at < n and text[at] == a
            at += 1
            pc += 1
        elif op == CLASS:
            good = at < n and _has(classes, text[at], a)
            at += 1
            pc += 1
        elif op in (SPLIT, AHEAD):
            if top >= STACK:
                return -2
            # a later try; or, below it, the mark of a look ahead
            stack[top, 0] = b if op == SPLIT else -1 - (2 * a + b)
            stack[top, 1] = stack[top, 2] = at
            top += 1
            pc = a if op == SPLIT else pc + 1
        elif op == JUMP:
            pc = a
        elif op == RUN:
            end = at
            while end < n and end - at < most and _has(classes, text[end], a):
                end += 1
            good = end - at >= b
            pc += 1
            if good and end - at > b:
                if top >= STACK:
                    return -2
                stack[top, 0], stack[top, 1], stack[top, 2] = pc, end - 1, at + b
                top += 1
            at = end
        elif op == BEHIND:
            good = (at > 0 and _has(classes, text[at - 1], a)) != (b == 1)
            pc += 1
        elif op == SEEN:
            while stack[top - 1, 0] >= 0:
                top -= 1
            top -= 1
            mark, at = -1 - stack[top, 0], stack[top, 1]
            good = mark & 1 == 0
            pc = mark >> 1
        else:
            return at
        while not good:
            if top == 0:
                return -1
            pc, at = stack[top - 1, 0], stack[top - 1, 1]
            if pc < 0:  # what was looked for ahead is not there
                top -= 1
                good = (-1 - pc) & 1 == 1
                pc = (-1 - pc) >> 1
                continue
            good = True
            if at > stack[top - 1, 2]:
                stack[top - 1, 1] = at - 1
            else:
                top -= 1


@_jit
def _replace(rule, fresh, programs, rules, text, n, out, stack):
    """``pattern.sub``: the new length, in ``out``; -1 nothing found; -2 cannot be done here."""
    steps, classes, entry, begins = programs
    i = done = size = 0
    bit = np.uint32(1) << np.uint32(rule)
    found = False
    while i < n:
        if rules[text[i]] & bit:
            pc = begins[entry[text[i]], rule]
            end = i + 1 if pc == -2 else match(steps, classes, pc, text, i, n, stack)
            if end == -2:
                return -2
            if end > i:
                if size + i - done + fresh[0] > ROOM:
                    return -2
                for k in range(done, i):
                    out[size] = text[k]
                    size += 1
                for k in range(fresh[0]):
                    out[size] = fresh[k + 1]
                    size += 1
                i = done = end
                found = True
                continue
        i += 1
    if not found:
        return -1
    if size + n - done > ROOM:
        return -2
    for k in range(done, n):
        out[size] = text[k]
        size += 1
    return size


@_jit
def slot(table, key):
    """Where a key lies in an open table (0 is free), or where it would be put."""
    mask = np.uint64(len(table) - 1)
    h = key * np.uint64(0x9E3779B97F4A7C15)
    i = (h ^ (h >> np.uint64(29))) & mask
    while table[i] != 0 and table[i] != key:
        i = (i + np.uint64(1)) & mask
    return i


@_jit
def insert(table, keys):
    """Put keys (not 0) into an open table; where each lies."""
    out = np.empty(len(keys), np.int64)
    for k in range(len(keys)):
        i = slot(table, keys[k])
        table[i] = keys[k]
        out[k] = i
    return out


@_jit
def _spans(words, left, end, length, right, at, size):
    """``text._spans_word``: whether a word of 2 to 4 characters spans the gap."""
    for i in range(1, min(3, length) + 1):
        for j in range(1, min(4 - i, size) + 1):
            key = np.uint64(0)
            for k in range(end - i, end):
                key = key << np.uint64(16) | np.uint64(left[k])
            for k in range(at, at + j):
                key = key << np.uint64(16) | np.uint64(right[k])
            if words[slot(words, key)] == key:
                return True
    return False


@_jit
def _join(words, traits, text, n, out):
    """``text._GAPS``: separators inside words go. The new length, in ``out``."""
    i = size = 0
    while i < n:
        out[size] = text[i]
        size += 1
        i += 1
        if not traits[text[i - 1]] & HAN:
            continue
        length = 1
        while i < n and traits[text[i]] & HAN:
            out[size] = text[i]
            size, i, length = size + 1, i + 1, length + 1
        while i + 1 < n and traits[text[i]] & GAP and traits[text[i + 1]] & HAN:
            end = i + 2
            while end < n and traits[text[end]] & HAN:
                end += 1
            part = end - i - 1
            lone = length == 1 or part == 1
            if (text[i] != 32 or lone) and _spans(words, out, size, length, text, i + 1, part):
                length += part
            else:
                out[size] = text[i]
                size, length = size + 1, part
            for k in range(i + 1, end):
                out[size] = text[k]
                size += 1
            i = end
    return size


@_jit
def _tidy(traits, text, n):
    """Echoes shortened, white space as one blank, both ends stripped; in place: the new length."""
    size = i = 0
    while i < n:
        end = i + 1
        while end < n and text[end] == text[i]:
            end += 1
        kind, times = traits[text[i]], end - i
        if kind & BLANK:
            if size and text[size - 1] != 32:
                text[size] = 32
                size += 1
        else:
            if kind & ECHO and times >= 4:
                times = 3
            elif kind & HAN and times >= 5:
                times = 4
            point = text[i]
            for _ in range(times):
                text[size] = point
                size += 1
        i = end
    if size and text[size - 1] == 32:
        size -= 1
    return size


@_jit
def _typed(points, start, end, letters, programs, rules, fresh, normal, words, a, b, stack):
    """One text normalised and typed: (length, which of ``a`` and ``b`` holds it); length -1: not here."""
    starts, pool, traits = letters
    while start < end and (points[start] < POINTS and traits[points[start]] & EDGE):
        start += 1
    while start < end and (points[end - 1] < POINTS and traits[points[end - 1]] & EDGE):
        end -= 1
    if end - start > ROOM // 2:
        return -1, a, b
    for k in range(start, end):
        if points[k] >= POINTS:
            return -1, a, b
        a[k - start] = points[k]
    n = end - start
    for _ in range(PASSES):
        size, seen, gaps, before, echo = 0, np.uint32(0), False, np.uint8(0), False
        for k in range(n):
            for q in range(starts[a[k]], starts[a[k] + 1]):
                point = pool[q]
                kind = traits[point]
                if kind & SLOW or size >= ROOM:
                    return -1, a, b
                gaps |= before & GAP != 0 and kind & HAN != 0
                echo |= kind & BLANK != 0 or (size > 0 and b[size - 1] == point)
                before = kind
                seen |= rules[point]
                b[size] = point
                size += 1
        a, b, n = b, a, size
        changed = False
        for rule in range(normal):
            if seen >> np.uint32(rule) & np.uint32(1):
                size = _replace(rule, fresh[rule], programs, rules, a, n, b, stack)
                if size == -2 or (size >= 0 and rule == 0):  # rule 0: the plain way
                    return -1, a, b
                if size >= 0:
                    a, b, n, changed = b, a, size, True
                    for k in range(fresh[rule, 0]):
                        seen |= rules[fresh[rule, k + 1]]
        if gaps or changed:
            size = _join(words, traits, a, n, b)
            changed |= size != n
            a, b, n = b, a, size
        if echo or changed:
            blank = False
            for k in range(n):
                blank |= traits[a[k]] & BLANK != 0 and a[k] != 32
            size = _tidy(traits, a, n)
            changed |= blank or size != n
            n = size
        if not changed:
            break
    else:
        return -1, a, b
    for rule in range(normal, len(fresh)):
        if seen >> np.uint32(rule) & np.uint32(1):
            size = _replace(rule, fresh[rule], programs, rules, a, n, b, stack)
            if size == -2:
                return -1, a, b
            if size >= 0:
                a, b, n = b, a, size
    return n, a, b


@_jit
def typed(points, ends, letters, programs, rules, fresh, normal, words):
    """Texts typed: (code points, ends, whether each was done); one that was not is empty."""
    out = np.empty(len(points) + 64, np.uint32)
    size = start = 0
    to = np.empty(len(ends), np.int64)
    done = np.ones(len(ends), np.bool_)
    a, b = np.empty(ROOM, np.uint32), np.empty(ROOM, np.uint32)
    stack = np.empty((STACK, 3), np.int64)
    for t in range(len(ends)):
        n, a, b = _typed(
            points, start, ends[t], letters, programs, rules, fresh, normal, words, a, b, stack
        )
        if n < 0:
            done[t] = False
            n = 0
        if size + n > len(out):
            more = np.empty(2 * (size + n), np.uint32)
            more[:size] = out[:size]
            out = more
        out[size : size + n] = a[:n]
        size += n
        to[t] = size
        start = ends[t]
    return out[:size], to, done


@_jit
def _dense(begins):
    """For each row the patterns that begin with it, and how many."""
    which, many = np.empty_like(begins), np.zeros(len(begins), np.int64)
    for row in range(len(begins)):
        for p in range(begins.shape[1]):
            if begins[row, p] != -1:
                which[row, many[row]] = p
                many[row] += 1
    return which, many


@_jit
def counted(points, ends, programs, out):
    """How often each pattern stands in each text, as ``len(findall)``; False: cannot be told here.

    ``out`` (n_texts, 1 + n_patterns) gets the length and the counts.
    """
    steps, classes, entry, begins = programs
    stack = np.empty((STACK, 3), np.int64)
    free = np.zeros(begins.shape[1], np.int64)
    which, many = _dense(begins)
    start = 0
    for t in range(len(ends)):
        text, n = points[start : ends[t]], ends[t] - start
        out[t, :] = 0
        out[t, 0] = n
        free[:] = 0
        for i in range(n):
            row = entry[text[i]]
            if row == 0:
                continue
            for k in range(many[row]):
                p = which[row, k]
                if free[p] > i:
                    continue
                pc = begins[row, p]
                end = i + 1 if pc == -2 else match(steps, classes, pc, text, i, n, stack)
                if end == -2:
                    return False
                if end > i:
                    out[t, p + 1] += 1
                    free[p] = end
        start = ends[t]
    return True


@_jit
def _found(points, start, end, grams, longest, times, hit):
    """Columns of the runs of characters of a text into ``hit``, how often into ``times``: how many."""
    first, table, child, columns = grams
    hits = 0
    for i in range(start, end):
        node = first[points[i]]
        size = 1
        while node != 0:
            column = columns[node]
            if column >= 0:
                if times[column] == 0:
                    hit[hits] = column
                    hits += 1
                times[column] += 1
            if size == longest or i + size >= end:
                break
            key = np.uint64(node) << np.uint64(21) | np.uint64(points[i + size])
            at = slot(table, key)
            node = child[at] if table[at] == key else 0
            size += 1
    return hits


@_jit
def _most(ends, longest):
    most = start = 0
    for end in ends:
        most = max(most, (end - start) * longest)
        start = end
    return most


@_jit
def weighed(points, ends, grams, idf, coef, longest, out):
    """TF-IDF rows of length one times ``coef``, without the rows: ``out`` (n_texts,)."""
    times, hit = np.zeros(len(idf), np.int32), np.empty(_most(ends, longest), np.int32)
    logs = np.log(np.arange(1, 64).astype(np.float64)) + 1.0
    start = 0
    for t in range(len(ends)):
        square = total = 0.0
        for k in range(_found(points, start, ends[t], grams, longest, times, hit)):
            column = hit[k]
            n = times[column]
            value = (logs[n - 1] if n < 64 else np.log(n) + 1.0) * idf[column]
            square += value * value
            total += value * coef[column]
            times[column] = 0
        out[t] = total / np.sqrt(square) if square > 0 else 0.0
        start = ends[t]


@_jit
def rows(points, ends, grams, idf, longest):
    """TF-IDF rows of length one as (columns, values, where each row begins), columns ascending."""
    times, hit = np.zeros(len(idf), np.int32), np.empty(_most(ends, longest), np.int32)
    begins = np.zeros(len(ends) + 1, np.int32)
    columns, values = np.empty(len(points) * longest, np.int32), np.empty(len(points) * longest)
    start = size = 0
    for t in range(len(ends)):
        hits = _found(points, start, ends[t], grams, longest, times, hit)
        hit[:hits].sort()
        square = 0.0
        for k in range(hits):
            column = hit[k]
            value = (np.log(times[column]) + 1.0) * idf[column]
            columns[size + k], values[size + k] = column, value
            square += value * value
            times[column] = 0
        for k in range(hits):
            values[size + k] /= np.sqrt(square)
        size += hits
        begins[t + 1] = size
        start = ends[t]
    return columns[:size], values[:size], begins


@_jit
def add_dots(block, coef, out):
    """Add ``block @ coef``, each row in the same order whatever stands beside it (BLAS does not)."""
    for t in range(len(block)):
        total = 0.0
        for k in range(len(coef)):
            total += block[t, k] * coef[k]
        out[t] += total

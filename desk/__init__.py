"""The officers' web desk: a Django project whose domain lives in ``models``.

How to add a page (the whole recipe):

1. A folder ``desk/<area>/`` with ``urls.py`` (``app_name = "<area>"``), ``views.py``, ``forms.py`` and
   ``templates/<area>/``; name the folder in ``desk.urls.AREAS``, which skips what is not there yet.
2. Every view says who may call it: ``@allow("see")`` or another action of ``models.people.officers.may``, or
   ``@anyone`` (login page, public site). A view that says nothing is refused: the desk fails closed.
3. The view gets ``request.officer`` (``models.roles.Officer``, read afresh from the store) and
   ``request.db`` (``models.store.Store``, opened at first use and closed with the response). Errors of
   ``models.errors`` need no handling: ``desk.web`` turns them into Chinese pages 403, 404, 409, 422.
4. The template extends ``base.html`` and loads ``{% load piyao %}``; outside text only by
   ``{% plain text %}`` (invisible characters shown, plates masked for viewers, escaped).
"""

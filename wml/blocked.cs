<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.blocked) ?><?cs call:body() ?><?cs
each:person = blocked ?><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "unblock", person.id, T.do.unblock) ?><?cs /each ?><?cs
if:!subcount(blocked) ?><?cs var:T.friends.blocked_none ?><br/><?cs /if ?><?cs
call:range(T.nav.previous, T.nav.next) ?><?cs
call:foot() ?></wml>

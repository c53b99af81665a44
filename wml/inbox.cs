<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.inbox) ?><?cs call:body() ?><?cs
if:subcount(requests) ?><?cs var:T.friends.requests ?>:<br/><?cs
each:person = requests ?><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "accept", person.id, T.do.accept) ?><?cs /each ?><?cs /if ?><?cs
each:talk = talks ?><a href="<?cs var:talk.href ?>"><?cs var:talk.name ?><?cs
if:talk.unread ?>(<?cs var:talk.unread ?>)<?cs /if ?></a><?cs call:presence(talk.presence, "") ?> <?cs var:talk.time
?><br/><?cs if:?talk.own ?><?cs var:T.me ?>: <?cs /if ?><?cs var:talk.snippet ?><br/><?cs /each ?><?cs
if:!subcount(talks) ?><?cs var:T.inbox.empty ?><br/><?cs /if ?><?cs
call:range(T.nav.previous, T.nav.next) ?><?cs
if:?wait ?><?cs call:a(wait, "5", T.nav.wait) ?><?cs /if ?><?cs
call:a(self, "0", T.nav.refresh) ?><?cs
call:foot() ?></wml>

<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.inbox) ?><?cs
if:?frame ?><?cs call:frame(T.title.inbox) ?><p><?cs call:reconnect() ?></p>
<?cs else ?><p><?cs
call:switch() ?><?cs if:?log ?><?cs var:T.foot.asof ?> <?cs var:asof ?><?cs
else ?><?cs call:a(self, "0", T.nav.refresh) ?><?cs /if ?></p>
<?cs /if ?><?cs call:keep_live() ?><?cs if:subcount(requests) ?><h2><?cs var:T.friends.requests ?></h2><ul class="l"><?cs
each:person = requests ?><li><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "accept", person.id, T.do.accept) ?><?cs call:act("f", "refuse", person.id, T.do.refuse) ?></li>
<?cs /each ?></ul><?cs /if ?><?cs
if:subcount(talks) ?><ul class="l"><?cs
each:talk = talks ?><li><a href="<?cs var:talk.href ?>"><?cs var:talk.name ?></a><?cs
if:talk.unread ?> <b>(<?cs var:talk.unread ?>)</b><?cs /if ?><?cs call:presence(talk.presence, "") ?> <?cs var:talk.time
?> <span><?cs if:?talk.own ?><?cs var:T.me ?>: <?cs /if ?><?cs var:talk.snippet ?></span></li>
<?cs /each ?></ul>
<?cs call:range(T.nav.previous, T.nav.next) ?><?cs
elif:!?frame ?><p><?cs var:T.inbox.empty ?></p>
<?cs /if ?><?cs call:foot() ?>

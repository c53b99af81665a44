<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.blocked) ?><?cs
if:subcount(blocked) ?><ul class="l"><?cs
each:person = blocked ?><li><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "unblock", person.id, T.do.unblock) ?></li>
<?cs /each ?></ul>
<?cs call:range(T.nav.previous, T.nav.next) ?>
<?cs else ?><p><?cs var:T.friends.blocked_none ?></p>
<?cs /if ?><?cs call:foot() ?>

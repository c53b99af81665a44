<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.friends) ?><?cs
if:?wait ?><p><?cs call:a(wait, "5", T.nav.wait) ?> <?cs call:a(self, "0", T.nav.refresh) ?></p>
<?cs /if ?><?cs
if:subcount(requests) ?><h2><?cs var:T.friends.requests ?></h2><ul class="l"><?cs
each:person = requests ?><li><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "accept", person.id, T.do.accept) ?><?cs call:act("f", "refuse", person.id, T.do.refuse) ?></li>
<?cs /each ?></ul><?cs /if ?><?cs if:?form ?><form method="post" action="f"><p><label><?cs var:T.field.friend ?> <input name="name" value="<?cs var:name ?>"/></label> <?cs
call:form_key() ?><input type="hidden" name="do" value="ask"/><input type="submit" value="<?cs var:T.do.ask ?>"/></p></form>
<?cs else ?><p><a href="f<?cs var:tail ?>"><?cs var:T.do.ask ?></a></p>
<?cs /if ?><?cs if:subcount(friends) ?><ul class="l"><?cs
each:person = friends ?><li><?cs
if:?person.talk ?><a href="<?cs var:person.talk ?>"><?cs var:person.name ?></a><?cs call:presence(person.presence, person.status) ?> <a href="<?cs
var:person.href ?>" class="s"><?cs var:T.nav.person ?></a><?cs
else ?><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a><?cs call:presence(person.presence, person.status) ?><?cs /if ?></li>
<?cs /each ?></ul>
<?cs call:range(T.nav.previous, T.nav.next) ?><?cs
else ?><p><?cs var:T.friends.empty ?></p>
<?cs /if ?><?cs
if:subcount(asked) ?><h2><?cs var:T.friends.asked ?></h2><ul class="l"><?cs
each:person = asked ?><li><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "takeback", person.id, T.do.takeback) ?></li>
<?cs /each ?></ul><?cs /if ?><?cs
if:?blocked ?><p><a href="<?cs var:blocked ?>"><?cs var:T.nav.blocked ?></a></p>
<?cs /if ?><?cs call:foot() ?>

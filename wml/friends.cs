<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.friends)
?><?cs if:?form ?><do type="accept" label="<?cs var:T.do.ask ?>"><go href="#w"/></do><?cs /if ?><?cs call:body() ?><?cs
if:subcount(requests) ?><?cs var:T.friends.requests ?>:<br/><?cs
each:person = requests ?><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a> <?cs
call:act("f", "accept", person.id, T.do.accept) ?><?cs /each ?><?cs /if ?><?cs
each:person = friends ?><a href="<?cs if:?person.talk ?><?cs var:person.talk ?><?cs else ?><?cs var:person.href ?><?cs /if ?>"><?cs
var:person.name ?></a><?cs call:presence(person.presence, person.status) ?><?cs
if:?person.talk ?> <a href="<?cs var:person.href ?>"><?cs var:T.nav.person ?></a><?cs /if ?><br/><?cs /each ?><?cs
if:!subcount(friends) ?><?cs var:T.friends.empty ?><br/><?cs /if ?><?cs
if:!?form ?><?cs call:a("f", "8", T.do.ask) ?><?cs /if ?><?cs
if:?wait ?><?cs call:a(wait, "5", T.nav.wait) ?><?cs /if ?><?cs
call:range(T.nav.previous, T.nav.next) ?><?cs if:?form ?><a href="#w"><?cs var:T.do.ask ?></a><br/><?cs /if ?><?cs
if:subcount(asked) ?><?cs var:T.friends.asked ?>:<br/><?cs
each:person = asked ?><a href="<?cs var:person.href ?>"><?cs var:person.name ?></a><br/><?cs /each ?><?cs /if ?><?cs
if:?blocked ?><a href="<?cs var:blocked ?>"><?cs var:T.nav.blocked ?></a><br/><?cs /if ?><?cs
call:foot() ?><?cs

def:go() ?><go method="post" href="f"><postfield name="name" value="$(n<?cs var:form.n ?>)"/><?cs
call:form_key() ?><postfield name="do" value="ask"/></go><?cs /def

?><?cs if:?form ?><card id="w" title="<?cs var:T.do.ask ?>"><do type="accept" label="<?cs var:T.do.ask ?>"><?cs call:go() ?></do><p><?cs
var:T.field.friend ?><input name="n<?cs var:form.n ?>"<?cs if:?name ?> value="<?cs var:name ?>"<?cs /if ?>/><anchor><?cs
var:T.do.ask ?><?cs call:go() ?></anchor></p></card><?cs /if ?></wml>

<?cs include:"wml/_shell.cs" ?><?cs include:"_names.cs" ?><?cs

# The start of a select: its variable and the value in force.
?><?cs def:select(letter, list) ?><select name="<?cs var:letter ?><?cs var:form.n ?>" value="<?cs
each:choice = list ?><?cs if:?choice.on ?><?cs var:choice.value ?><?cs /if ?><?cs /each ?>"><?cs /def ?><?cs

# One choice: its words, its select.  A deck has room for half of them; the rest
# is on the page behind "more".
?><?cs def:post(field, letter) ?><postfield name="<?cs var:field ?>" value="$(<?cs var:letter ?><?cs var:form.n ?>)"/><?cs /def ?><?cs

def:go() ?><go method="post" href="o"><?cs
if:subcount(rules) ?><?cs call:post("rule", "r") ?><?cs call:post("lang", "l") ?><?cs call:post("rows", "s") ?><?cs /if ?><?cs
if:subcount(zones) ?><?cs call:post("zone", "z") ?><?cs /if ?><?cs
if:subcount(faces) ?><?cs call:post("cs", "c") ?><?cs call:post("face", "f") ?><?cs /if ?><?cs
call:form_key() ?><postfield name="do" value="save"/></go><?cs /def ?><?cs

call:deck(T.title.settings) ?><do type="accept" label="<?cs var:T.do.save ?>"><?cs call:go() ?></do><?cs call:body() ?><?cs
if:subcount(rules) ?><?cs var:T.settings.rule ?><?cs call:select("r", rules) ?><?cs each:choice = rules ?><option value="<?cs
var:choice.value ?>"><?cs var:T.rule[choice.value] ?></option><?cs /each ?></select><?cs
var:T.settings.lang ?><?cs call:select("l", langs) ?><?cs each:choice = langs ?><option value="<?cs
var:choice.value ?>"><?cs call:lang_name(choice.value) ?></option><?cs /each ?></select><?cs
var:T.settings.rows ?><?cs call:select("s", sizes) ?><?cs each:choice = sizes ?><option value="<?cs
var:choice.value ?>"><?cs var:choice.value ?></option><?cs /each ?></select><?cs /if ?><?cs
if:subcount(zones) ?><?cs var:T.settings.zone ?><?cs call:select("z", zones) ?><?cs each:choice = zones ?><option value="<?cs
var:choice.value ?>"><?cs var:choice.label ?></option><?cs /each ?></select><?cs /if ?><?cs
if:subcount(faces) ?><?cs var:T.settings.charset ?><?cs call:select("c", charsets) ?><?cs each:choice = charsets ?><option value="<?cs
var:choice.value ?>"><?cs var:T.charset[choice.value] ?></option><?cs /each ?></select><?cs
var:T.settings.face ?><?cs call:select("f", faces) ?><?cs each:choice = faces ?><option value="<?cs
var:choice.value ?>"><?cs var:T.face[choice.value] ?></option><?cs /each ?></select><?cs /if ?><anchor><?cs
var:T.do.save ?><?cs call:go() ?></anchor><br/><?cs
if:?more ?><a href="<?cs var:zone ?>"><?cs var:T.settings.zone ?></a><br/><a href="<?cs
var:more ?>"><?cs var:T.nav.more ?></a><br/><?cs /if ?><?cs
each:item = views ?><a href="<?cs var:item.link ?>"><?cs var:T.title[item.name] ?></a><br/><?cs /each
?><a href="#d"><?cs var:T.settings.leave ?></a><br/><?cs
call:foot() ?><card id="d" title="<?cs var:T.settings.leave ?>"><p><?cs
call:act("logout", "signout", "", T.do.signout) ?><?cs
if:?sessions ?><?cs var:T.settings.sessions ?>: <?cs var:sessions ?><br/><?cs
call:act("o", "everywhere", "", T.do.everywhere) ?><?cs /if ?></p></card></wml>

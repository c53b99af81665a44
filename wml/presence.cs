<?cs include:"wml/_shell.cs" ?><?cs

# The start of a select: its variable and the value in force.
?><?cs def:select(letter, list) ?><select name="<?cs var:letter ?><?cs var:form.n ?>" value="<?cs
each:choice = list ?><?cs if:?choice.on ?><?cs var:choice.value ?><?cs /if ?><?cs /each ?>"><?cs /def ?><?cs

def:post(field, letter) ?><postfield name="<?cs var:field ?>" value="$(<?cs var:letter ?><?cs var:form.n ?>)"/><?cs /def ?><?cs

def:go() ?><go method="post" href="o"><?cs call:post("state", "a") ?><?cs call:post("status", "b") ?><?cs
call:post("see", "c") ?><?cs call:form_key() ?><postfield name="do" value="presence"/></go><?cs /def ?><?cs

call:deck(T.title.presence) ?><?cs
if:subcount(states) ?><do type="accept" label="<?cs var:T.do.save ?>"><?cs call:go() ?></do><?cs /if ?><?cs call:body() ?><?cs

# The choice; behind "more" the image.
?><?cs if:subcount(states) ?><?cs
var:T.showing.state ?><?cs call:select("a", states) ?><?cs each:choice = states ?><option value="<?cs
var:choice.value ?>"><?cs var:T.showing.as[choice.value] ?></option><?cs /each ?></select><?cs
var:T.showing.status ?><input name="b<?cs var:form.n ?>" emptyok="true" maxlength="80"<?cs
if:?status ?> value="<?cs var:status ?>"<?cs /if ?>/><?cs
var:T.showing.see ?><?cs call:select("c", sees) ?><?cs each:choice = sees ?><option value="<?cs
var:choice.value ?>"><?cs var:T.showing.to[choice.value] ?></option><?cs /each ?></select><anchor><?cs
var:T.do.save ?><?cs call:go() ?></anchor><br/><?cs
if:?more ?><a href="<?cs var:more ?>"><?cs var:T.showing.image ?></a><br/><?cs /if ?><?cs
elif:?image ?><img src="<?cs var:image ?>.wbmp" alt="<?cs var:T.showing.image ?>"/> <?cs
var:T.showing.image_what ?><br/><?cs var:image_url ?><br/><?cs
call:act("o", "image", "", T.showing.image_again) ?><?cs call:act("o", "noimage", "", T.showing.image_off) ?><?cs
else ?><?cs var:T.showing.image_none ?><br/><?cs
call:act("o", "image", "", T.showing.image_make) ?><?cs /if ?><?cs
call:foot() ?></wml>

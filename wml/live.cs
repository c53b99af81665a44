<?cs include:"wml/_shell.cs" ?><?cs

def:go() ?><go method="post" href="o"><postfield name="live" value="$(v<?cs var:form.n ?>)"/><?cs
call:form_key() ?><postfield name="do" value="live"/></go><?cs /def ?><?cs

call:deck(T.title.live) ?><do type="accept" label="<?cs var:T.do.save ?>"><?cs call:go() ?></do><?cs call:body() ?><?cs
var:T.live_about ?><select name="v<?cs var:form.n ?>" value="<?cs
each:choice = modes ?><?cs if:?choice.on ?><?cs var:choice.value ?><?cs /if ?><?cs /each ?>"><?cs
each:choice = modes ?><option value="<?cs var:choice.value ?>"><?cs
if:?choice.seconds ?><?cs var:T.live.every ?> <?cs var:choice.seconds ?> <?cs var:T.live.seconds ?><?cs
else ?><?cs var:T.live[choice.value] ?><?cs /if ?></option><?cs /each ?></select><anchor><?cs
var:T.do.save ?><?cs call:go() ?></anchor><br/><?cs
call:foot() ?></wml>

<?cs include:"wml/_shell.cs" ?><?cs

def:go() ?><?cs if:?person ?><?cs call:send(to, "send") ?><?cs else ?><?cs call:send(to, "") ?><?cs /if ?><?cs /def ?><?cs
def:label() ?><?cs if:why == "sent" ?><?cs var:T.do.again ?><?cs else ?><?cs var:T.do.send ?><?cs /if ?><?cs /def ?><?cs

call:deck(T.title.resend) ?><?cs
# What was sent already is not to be sent again by the key that is pressed first.
?><?cs if:why == "sent" ?><do type="accept" label="<?cs var:T.nav.back ?>"><go href="<?cs var:back ?>"/></do><?cs
elif:!?kept ?><do type="accept" label="<?cs call:label() ?>"><?cs call:go() ?></do><?cs /if ?><?cs
call:body() ?><?cs if:?name ?><b><?cs var:name ?></b>: <?cs /if ?><?cs
var:T.resend[why] ?><?cs if:?time ?> <?cs var:time ?><?cs /if ?><br/><?cs
if:?kept ?><?cs call:kept(to) ?><?cs else ?><?cs var:T.field.message ?><input name="m<?cs var:form.n ?>" value="<?cs var:text ?>"/><anchor><?cs
call:label() ?><?cs call:go() ?></anchor><br/><?cs /if ?><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a><br/><?cs
call:foot() ?></wml>

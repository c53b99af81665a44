<?cs include:"wml/_shell.cs" ?><?cs include:"_names.cs" ?><?cs

def:go() ?><go method="post" href="o"><postfield name="rule" value="$(r<?cs var:form.n ?>)"/><?cs
call:form_key() ?><postfield name="do" value="places"/></go><?cs /def ?><?cs

call:deck(T.title.sessions) ?><?cs call:body() ?><?cs
each:item = sessions ?><b><?cs call:device(item) ?></b> <?cs var:T.session.used ?> <?cs var:item.used ?><br/><?cs
if:?item.here ?><?cs var:T.session.here ?><br/><?cs else ?><?cs call:act("o", "end", item.id, T.do.end) ?><?cs /if ?><?cs
/each ?><?cs call:range(T.nav.previous, T.nav.next) ?><?cs
if:?others ?><?cs call:act("o", "others", "", T.do.others) ?><?cs /if ?><?cs
if:?path ?><?cs var:T.session.path_only ?><br/><?cs /if ?><?cs
if:subcount(rules) ?><?cs var:T.session.rule ?><select name="r<?cs var:form.n ?>" value="<?cs
each:choice = rules ?><?cs if:?choice.on ?><?cs var:choice.value ?><?cs /if ?><?cs /each ?>"><?cs
each:choice = rules ?><option value="<?cs var:choice.value ?>"><?cs var:T.places[choice.value] ?></option><?cs
/each ?></select><anchor><?cs var:T.do.save ?><?cs call:go() ?></anchor><br/><?cs /if ?><?cs
call:foot() ?></wml>

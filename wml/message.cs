<?cs include:"wml/_shell.cs" ?><?cs call:deck(name) ?><?cs
if:?older ?><do type="accept" label="<?cs var:T.nav.next ?>"><go href="<?cs var:older ?>"/></do><?cs /if ?><?cs
call:body() ?><b><?cs if:?own ?><?cs var:T.me ?><?cs else ?><?cs var:who ?><?cs /if ?></b> <?cs var:day ?> <?cs var:time ?><?cs
if:?part ?> (<?cs var:part ?>/<?cs var:parts_total ?>)<?cs /if ?><br/><?cs
call:parts(parts) ?><br/><?cs
if:?older ?><?cs call:a(older, "6", T.nav.next) ?><?cs /if ?><?cs
if:?newer ?><?cs call:a(newer, "4", T.nav.previous) ?><?cs /if ?><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a><br/><?cs
call:foot() ?></wml>

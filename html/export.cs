<?cs include:"html/_shell.cs" ?><?cs

# A file to keep, in blocks: the first has the head, the last the end.  It stands
# alone: no style sheet, links only inside.
?><?cs def:begin() ?><!DOCTYPE html>
<html lang="<?cs var:lang ?>"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/><title><?cs var:me ?> - <?cs var:T.app ?></title>
<meta name="viewport" content="width=device-width"/></head><body>
<h1><?cs var:me ?> - <?cs var:T.app ?></h1>
<h2><?cs var:T.title.friends ?></h2>
<?cs if:subcount(friends) ?><ul><?cs each:person = friends ?><li><?cs var:person.name ?><?cs
if:?person.remark ?> (<?cs var:person.remark ?>)<?cs /if ?> - <?cs var:T.state[person.state] ?></li>
<?cs /each ?></ul><?cs /if ?>
<h2><?cs var:T.title.inbox ?></h2>
<?cs if:subcount(index) ?><ul><?cs each:talk = index ?><li><a href="#t<?cs var:talk.n ?>"><?cs var:talk.name ?></a> (<?cs
var:talk.messages ?>)</li>
<?cs /each ?></ul><?cs /if ?>
<?cs /def ?><?cs

def:piece(row) ?><?cs if:row.n ?><h2 id="t<?cs var:row.n ?>"><?cs var:row.talk ?></h2>
<?cs else ?><?cs if:?row.day ?><h3><?cs var:row.day ?></h3>
<?cs /if ?><p><?cs var:row.time ?> <b><?cs var:row.who ?></b>: <?cs each:part = row.parts ?><?cs
if:?part.br ?><br/><?cs /if ?><?cs var:part.text ?><?cs /each ?></p>
<?cs /if ?><?cs /def ?><?cs

def:page() ?><?cs call:head(T.title.export) ?><p><?cs var:T.export.about ?></p>
<p><?cs var:T.title.inbox ?>: <?cs var:talks ?>, <?cs var:T.export.messages ?>: <?cs var:messages ?></p>
<?cs if:subcount(files) ?><ul class="l"><?cs each:file = files ?><li><a href="<?cs
var:file.link ?>"><?cs var:T.export[file.name] ?></a></li>
<?cs /each ?></ul><?cs else ?><p><?cs var:T.export.elsewhere ?></p><?cs /if ?>
<?cs call:foot() ?><?cs /def ?><?cs

if:?file ?><?cs if:!inside ?><?cs call:begin() ?><?cs /if ?><?cs
each:row = rows ?><?cs call:piece(row) ?><?cs /each ?><?cs
if:!more ?></body></html>
<?cs /if ?><?cs else ?><?cs call:page() ?><?cs /if ?>
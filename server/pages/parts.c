/*
 * A message's text as parts: text, links by reference, line breaks.
 *
 * In WML a long text is shown in portions of a fixed cost, so that any of them
 * fits a deck.  Links are numbered over the whole text and never divided: the
 * number is what /go finds them by.
 */
#include "pages/pages.h"

/* Bytes of a portion, and what a part costs in a deck besides its text. */
#define PORTION_BYTES 560
#define PORTION_MIN 64 /* no text is divided for less */
#define NEWLINE_BYTES 4
#define LINK_BYTES 64
#define LINK_LABEL 240 /* of a longer link the beginning is shown */

struct portions {
	struct request *request;
	struct view_row *row;
	struct view_node *list;
	uint64_t cid;
	uint32_t seq;
	size_t room;	/* left in the portion being filled; 0: no portions */
	unsigned now;	/* the portion being filled, from 1 */
	unsigned want;	/* the one to show; 0: all */
	bool br;	/* a line break stands before the next part */
};

static bool
shows(const struct portions *to)
{
	return to->want == 0 || to->now == to->want;
}

static void
next_portion(struct portions *to)
{
	to->now++;
	to->room = PORTION_BYTES;
	to->br = false;
}

/* Takes `cost` from the portion; begins the next one when it does not fit. */
static void
charge(struct portions *to, size_t cost)
{
	if (to->want != 0 && cost > to->room && to->room < PORTION_BYTES)
		next_portion(to);
	to->room -= cost < to->room ? cost : to->room;
}

static void
emit(struct portions *to, struct str text, unsigned link)
{
	struct request *request = to->request;
	struct view *view = &request->view;
	struct view_row *part;

	if (!shows(to))
		return;
	part = view_row(view, to->list);
	view_bool(view, part, "br", to->br);
	to->br = false;
	view_text(view, part, "text", text);
	if (link != 0)
		view_link(view, part, "href", str_fmt(&request->arena,
		    "/go?%llu.%u.%u.%.*s", (unsigned long long)to->cid,
		    to->seq, link, STR_ARGS(formkey_out(&request->arena,
		    to->cid, to->seq, link))));
}

/* A `$` is two bytes in WML. */
static size_t
text_cost(struct str text)
{
	size_t cost = text.len;

	for (size_t i = 0; i < text.len; i++)
		cost += text.p[i] == '$';
	return cost;
}

static void
add_text(struct portions *to, struct str text)
{
	while (to->want != 0 && text_cost(text) > to->room) {
		struct str head = utf8_cut(text, to->room);

		if (text_cost(head) > to->room)
			head = utf8_cut(text, to->room / 2);
		if (to->room < PORTION_MIN || head.len == 0) {
			next_portion(to);
			continue;
		}
		charge(to, text_cost(head));
		emit(to, head, 0);
		text = str_from(text, head.len);
	}
	charge(to, text_cost(text));
	if (text.len != 0)
		emit(to, text, 0);
}

static void
add_part(struct portions *to, const struct text_part *part)
{
	struct str label = part->text;

	if (part->newline) {
		charge(to, NEWLINE_BYTES);
		if (to->br) /* a second one in a row: an empty part between */
			emit(to, STR(""), 0);
		to->br = shows(to);
		return;
	}
	if (!part->link) {
		add_text(to, label);
		return;
	}
	if (to->want != 0)
		label = utf8_cut(label, LINK_LABEL);
	charge(to, text_cost(label) + LINK_BYTES);
	emit(to, label, part->n);
}

unsigned
parts_portion(struct request *request, struct view_row *row,
    const struct message *message, unsigned want)
{
	struct portions to = {
		.request = request,
		.row = row,
		.list = view_list(&request->view, row, "parts"),
		.cid = request->id[0],
		.seq = message->seq,
		.room = PORTION_BYTES,
		.now = 1,
		.want = want,
	};
	struct text_part *parts;
	size_t n = link_split(&request->arena, message->text, &parts);

	for (size_t i = 0; i < n; i++)
		add_part(&to, &parts[i]);
	if (to.br)
		emit(&to, STR(""), 0);
	return to.now;
}

void
parts_fill(struct request *request, struct view_row *row,
    const struct message *message, struct str text)
{
	struct message shown = *message;

	shown.text = text;
	parts_portion(request, row, &shown, 0);
}

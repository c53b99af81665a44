/* Clients' names as their owners would say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "web/agent.h"

static const struct {
	const char *agent, *program, *system;
} known[] = {
	{ "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
	  "Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome", "Linux" },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML,"
	  " like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge", "Windows" },
	{ "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) "
	  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/604.1",
	  "Safari", "iPhone" },
	{ "Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/115.0 Firefox/115.0",
	  "Firefox", "Android" },
	{ "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
	  "Internet Explorer", "Windows" },
	{ "Opera/9.80 (J2ME/MIDP; Opera Mini/4.2/28.3590; U; en)",
	  "Opera Mini", "" },
	{ "Nokia7110/1.0 (05.01)", "Nokia 7110", "" },
	{ "SonyEricssonT610/R401 Profile/MIDP-1.0", "Sony Ericsson T610", "" },
	{ "SIE-S45/21", "Siemens S45", "" },
	{ "Lynx/2.9.0dev.12 libwww-FM/2.14", "Lynx", "" },
	{ "w3m/0.5.3+git20230121", "w3m", "" },
	{ "Links (2.28; Linux x86_64; GNU C 12.2; text)", "Links", "" },
	{ "curl/7.88", "curl", "" },
	{ "Nokia", "Nokia", "" },
	{ "Mozilla/5.0", "Mozilla", "" },
	{ "", "", "" },
	{ "/", "", "" },
	{ "<b>/1", "<b>", "" },
};

static void
test_known(void **state)
{
	struct arena arena;
	struct agent agent;

	(void)state;
	arena_init(&arena, 0);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		agent_name(&arena, str_c(known[i].agent), &agent);
		if (!str_eq(agent.program, str_c(known[i].program)) ||
		    !str_eq(agent.system, str_c(known[i].system)))
			fail_msg("%s: %.*s, %.*s", known[i].agent,
			    STR_ARGS(agent.program), STR_ARGS(agent.system));
	}
	arena_fini(&arena);
}

/* Long ones are cut, never within a character. */
static void
test_long(void **state)
{
	struct arena arena;
	struct agent agent;
	char text[200];

	(void)state;
	for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, "\xe4\xb8\xad", 3);
	arena_init(&arena, 0);
	agent_name(&arena, (struct str){ text, 198 }, &agent);
	assert_int_equal(agent.program.len, 30);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

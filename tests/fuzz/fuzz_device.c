/* Request headers, one a line, as anybody may send them. */
#include <assert.h>
#include <string.h>

#include "web/device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct device *device, const struct device_headers *headers)
{
	assert(device->class < DEVICE_CLASS_COUNT);
	assert(device->charset < CHARSET_COUNT);
	assert(device->deck_bytes >= 1200 && device->deck_bytes <= 2800);
	assert(device->family.len <= DEVICE_FAMILY_MAX);
	assert(!device->gzip || device->class != DEVICE_WML);
	assert(!device->csp || device->class == DEVICE_HTML);
	assert(!device->json || str_find_nocase(headers->accept,
	    STR("application/json"), NULL));
	assert(strcmp(device->xhtml_type, "text/html") == 0 ||
	    str_find_nocase(headers->accept, str_c(device->xhtml_type), NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, language;
	struct device_headers headers;
	struct device device;
	struct arena arena;

	if (size > 8192)
		return 0;
	arena_init(&arena, 0);
	headers.user_agent = str_split(&rest, '\n');
	headers.accept = str_split(&rest, '\n');
	headers.accept_charset = str_split(&rest, '\n');
	headers.accept_language = str_split(&rest, '\n');
	headers.accept_encoding = str_split(&rest, '\n');
	headers.via = rest;
	device_classify(&arena, &headers, &device);
	check(&device, &headers);
	language = device_language(headers.accept_language, STR("zh-CN"));
	assert(str_eq(language, STR("zh-CN")) ||
	    str_eq(language, STR("zh-TW")) || str_eq(language, STR("en")));
	arena_fini(&arena);
	return 0;
}

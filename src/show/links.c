/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The links of a clip as text: see lists.h. */
#include "config.h"

#include "show/lists.h"
#include "show/property.h"
#include "show/scan.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const does_words[] = {"start", "stop", "fade", NULL};
static const char *const at_words[] = {"start", "end", NULL};

static const char *const *curve_words(void)
{
    return property_find(PROPERTY_SHOW, "fade_in_curve")->choices;
}

static bool find_word(const char *const *words, const char *text, int *index)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text))
            continue;
        *index = i;
        return true;
    }
    return false;
}

static bool is_number(const char *text, double least, double most, double *value)
{
    return text_parse_double(text, value) && *value >= least && *value <= most;
}

static bool is_level(const char *text, double *value)
{
    if (strcmp(text, "-inf"))
        return is_number(text, -60, 12, value);
    *value = -INFINITY;
    return true;
}

/* group:A, tab:1, bus:A or all; not Audition, which belongs to no show. */
static bool is_many(const char *text)
{
    if (!strcmp(text, "all"))
        return true;
    const char *letter = strchr(text, ':');
    if (!letter || !letter[1] || letter[2])
        return false;
    if (!strncmp(text, "tab:", 4))
        return letter[1] >= '1' && letter[1] <= '0' + SHOW_TABS;
    return (!strncmp(text, "group:", 6) || !strncmp(text, "bus:", 4)) && letter[1] >= 'A' && letter[1] < 'A' + SHOW_GROUPS;
}

static bool is_target(const char *text, char target[64])
{
    if (strlen(text) > 63 || (!show_id_valid(text) && !is_many(text)))
        return false;
    text_copy(target, 64, text);
    return true;
}

struct reading {
    struct scan scan;
    struct show_link link[SHOW_LINKS];
    int links;
};

/* One setting. Return: false if it is none, or not allowed. */
static bool take_setting(struct scan *scan, struct show_link *link)
{
    static const char *const keys[] = {"do", "target", "at", "delay", "level", "seconds", "curve"};
    size_t key = 0;
    int end = 0;
    while (key < sizeof keys / sizeof *keys && !scan_key(scan, keys[key]))
        key++;
    char *value = key < sizeof keys / sizeof *keys ? scan_text(scan, ";,}") : NULL;
    bool good = false;
    if (value) {
        switch (key) {
        case 0: good = find_word(does_words, value, &link->does); break;
        case 1: good = is_target(value, link->target); break;
        case 2: good = find_word(at_words, value, &end); link->at_end = end; break;
        case 3: good = is_number(value, 0, 3600, &link->delay); break;
        case 4: good = is_level(value, &link->level); break;
        case 5: good = is_number(value, 0, 3600, &link->seconds); break;
        default: good = find_word(curve_words(), value, &link->curve); break;
        }
    }
    free(value);
    return good;
}

static bool take_link(struct scan *scan, struct show_link *link)
{
    *link = (struct show_link){.does = -1, .level = -INFINITY};
    if (!scan_take(scan, '{'))
        return false;
    while (!scan_take(scan, '}')) {
        if (!take_setting(scan, link))
            return false;
        if (!scan_take(scan, ';'))
            scan_take(scan, ',');
    }
    bool whole = link->does >= 0 && *link->target;
    return whole && (link->does != SHOW_LINK_START || show_id_valid(link->target));
}

static bool take_links(struct reading *reading)
{
    struct scan *scan = &reading->scan;
    bool parens = scan_take(scan, '(');
    while (parens ? !scan_take(scan, ')') : !scan_at_end(scan)) {
        if (reading->links == SHOW_LINKS || !take_link(scan, &reading->link[reading->links++]))
            return false;
        scan_take(scan, ',');
    }
    return scan_at_end(scan);
}

static void fmt_number(struct strbuf *out, const char *key, double value)
{
    struct strbuf text = {0};
    text_fmt_double(&text, value);
    const char *exponent = strchr(text.s, 'e');
    strbuf_addf(out, " %s = ", key);
    if (exponent && !strchr(text.s, '.'))
        strbuf_addf(out, "%.*s.0%s", (int)(exponent - text.s), text.s, exponent);       /* libconfig wants a point */
    else
        strbuf_adds(out, text.s);
    strbuf_addc(out, ';');
    strbuf_clear(&text);
}

/* What is not the default, in one order. */
static void fmt_link(struct strbuf *out, const struct show_link *link)
{
    strbuf_addf(out, "{ do = \"%s\"; target = \"%s\";", does_words[link->does], link->target);
    if (link->at_end)
        strbuf_adds(out, " at = \"end\";");
    if (link->delay > 0)
        fmt_number(out, "delay", link->delay);
    if (!isinf(link->level))
        fmt_number(out, "level", link->level);
    if (link->seconds > 0)
        fmt_number(out, "seconds", link->seconds);
    if (link->curve != SHOW_CURVE_LINEAR)
        strbuf_addf(out, " curve = \"%s\";", curve_words()[link->curve]);
    strbuf_adds(out, " }");
}

int links_parse(const char *text, char **kept, struct err *err)
{
    struct reading reading = {.scan = {.p = text}};
    struct strbuf out = {0};
    if (!take_links(&reading))
        return err_set(err, ERR_USAGE,
                       "links: up to %d of ( { do = \"start\", \"stop\" or \"fade\"; target = \"ID\", of a stop or fade also "
                       "\"group:A\", \"tab:1\", \"bus:A\" or \"all\"; at = \"start\" or \"end\"; delay = SECONDS; level = DB; "
                       "seconds = SECONDS; curve = CURVE; }, ... )", SHOW_LINKS);
    for (int i = 0; i < reading.links; i++) {
        strbuf_adds(&out, i ? ", " : "( ");
        fmt_link(&out, &reading.link[i]);
    }
    strbuf_adds(&out, " )");
    *kept = reading.links ? strbuf_take(&out) : NULL;
    strbuf_clear(&out);
    return 0;
}

int links_read(const char *text, struct show_link link[SHOW_LINKS])
{
    struct reading reading = {.scan = {.p = text ? text : ""}};
    take_links(&reading);
    memcpy(link, reading.link, sizeof reading.link);
    return reading.links;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements and text: see tag_xml.h. An empty element, <x/>, is an OPEN whose CLOSE comes with the next step. */
#include "config.h"

#include "tags/tag_xml.h"

#include <stdbool.h>
#include <string.h>

void tag_xml_init(struct tag_xml *xml, const void *bytes, size_t count)
{
    const char *nul = memchr(bytes, '\0', count);
    memset(xml, 0, sizeof *xml);
    xml->at = bytes;
    xml->end = nul ? nul : xml->at + count;
    xml->depth = -1;
}

static void add_text(struct tag_xml *xml, const char *bytes, size_t count)
{
    size_t room = sizeof xml->text - xml->count;
    if (count > room)
        count = room;
    memcpy(xml->text + xml->count, bytes, count);
    xml->count += count;
}

static bool starts(const struct tag_xml *xml, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(xml->end - xml->at) >= length && !memcmp(xml->at, word, length);
}

/* Return: where the word begins, from the present place on; NULL if nowhere. */
static const char *seek(const struct tag_xml *xml, const char *word)
{
    return memmem(xml->at, (size_t)(xml->end - xml->at), word, strlen(word));
}

/* Passes over what ends with the word. Return: false if it does not end. */
static bool skip_past(struct tag_xml *xml, const char *word)
{
    const char *found = seek(xml, word);
    xml->at = found ? found + strlen(word) : xml->end;
    return found;
}

/* An entity that is none of the five stays as it stands. */
static void take_entity(struct tag_xml *xml)
{
    static const struct {
        const char *word, *character;
    } entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&apos;", "'"}, {"&quot;", "\""}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (starts(xml, entities[i].word)) {
            add_text(xml, entities[i].character, 1);
            xml->at += strlen(entities[i].word);
            return;
        }
    }
    add_text(xml, xml->at++, 1);
}

static void take_text(struct tag_xml *xml)
{
    while (xml->at < xml->end && *xml->at != '<') {
        const char *from = xml->at;
        if (*from == '&') {
            take_entity(xml);
            continue;
        }
        while (xml->at < xml->end && *xml->at != '<' && *xml->at != '&')
            xml->at++;
        add_text(xml, from, (size_t)(xml->at - from));
    }
}

static bool take_cdata(struct tag_xml *xml)
{
    xml->at += strlen("<![CDATA[");
    const char *from = xml->at, *to = seek(xml, "]]>");
    if (!to)
        return false;
    add_text(xml, from, (size_t)(to - from));
    xml->at = to + strlen("]]>");
    return true;
}

/* Takes text and passes over all that is no element, up to the next element's `<`. Return: false if there is none. */
static bool reach_element(struct tag_xml *xml)
{
    for (bool sound = true; sound;) {
        take_text(xml);
        if (starts(xml, "<?"))
            sound = skip_past(xml, "?>");
        else if (starts(xml, "<!--"))
            sound = skip_past(xml, "-->");
        else if (starts(xml, "<![CDATA["))
            sound = take_cdata(xml);
        else
            return xml->at < xml->end && !starts(xml, "<!");
    }
    return false;
}

static size_t name_length(const struct tag_xml *xml)
{
    const char *p = xml->at;
    while (p < xml->end && !strchr(" \t\r\n/>", *p))
        p++;
    return (size_t)(p - xml->at);
}

/* Takes the name at the present place. Return: false if there is none. */
static bool take_name(struct tag_xml *xml, char *name)
{
    size_t length = name_length(xml), kept = length < TAG_XML_NAME_BYTES ? length : TAG_XML_NAME_BYTES - 1;
    memcpy(name, xml->at, kept);
    name[kept] = '\0';
    xml->at += length;
    return length > 0;
}

/* Passes over attributes, whose values may hold anything but their quote. Return: false if the element does not end. */
static bool skip_attributes(struct tag_xml *xml)
{
    char quote = 0;
    for (; xml->at < xml->end; xml->at++) {
        char c = *xml->at;
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
        else if (!quote && c == '>')
            return xml->at++;
    }
    return false;
}

static bool open_element(struct tag_xml *xml)
{
    xml->at++;
    if (++xml->depth == TAG_XML_DEPTH || !take_name(xml, xml->name[xml->depth]) || !skip_attributes(xml))
        return false;
    xml->empty = xml->at[-2] == '/';
    xml->count = 0;
    return true;
}

static bool close_element(struct tag_xml *xml)
{
    char name[TAG_XML_NAME_BYTES];
    xml->at += 2;
    return xml->depth >= 0 && take_name(xml, name) && !strcmp(name, xml->name[xml->depth]) && skip_past(xml, ">");
}

enum tag_xml_step tag_xml_next(struct tag_xml *xml)
{
    if (xml->closed)
        xml->depth--;
    xml->closed = xml->empty;
    xml->empty = false;
    if (xml->closed)
        return TAG_XML_CLOSE;
    if (reach_element(xml)) {
        xml->closed = starts(xml, "</");
        if (xml->closed ? close_element(xml) : open_element(xml))
            return xml->closed ? TAG_XML_CLOSE : TAG_XML_OPEN;
    }
    xml->at = xml->end;
    xml->closed = false;
    return TAG_XML_END;
}

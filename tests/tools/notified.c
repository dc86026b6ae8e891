/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notified SOCKET: takes the place of a service manager at this socket and prints what it is told, a line each, until it is
 * killed. For the scripts of tests/regress. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    char text[4096];
    if (argc != 2 || strlen(argv[1]) >= sizeof here.sun_path)
        return 2;
    memcpy(here.sun_path, argv[1], strlen(argv[1]));
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&here, sizeof here) < 0) {
        perror(argv[1]);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (ssize_t got; (got = recv(fd, text, sizeof text - 1, 0)) >= 0;) {
        text[got] = '\0';
        puts(text);
    }
    return 1;
}

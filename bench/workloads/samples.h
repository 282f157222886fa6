// What the timed workloads share: a clock, and where their samples go. The memory is touched before the first sample and
// the file is written after the last, so neither is in the measurement.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Saturates at 4.29 s.
static inline uint32_t elapsed_ns(uint64_t start) {
    uint64_t ns = now_ns() - start;
    return ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

static inline uint32_t *samples_new(int count) {
    uint32_t *samples = malloc((size_t)count * sizeof *samples);
    if (!samples)
        exit(1);
    memset(samples, 1, (size_t)count * sizeof *samples);
    return samples;
}

static inline int samples_write(const uint32_t *samples, int count, const char *path) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(samples, sizeof *samples, (size_t)count, file) != (size_t)count || fclose(file)) {
        perror(path);
        return 1;
    }
    return 0;
}

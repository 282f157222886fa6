// The small program whose start is measured: dynamic, as almost every program is.
int main(void) {
    return 0;
}

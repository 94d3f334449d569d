#include <isa-l/igzip_lib.h>

// Swift does not import an array as long as this one.
static inline const uint8_t *isal_window(const struct inflate_state *state) {
  return state->tmp_out_buffer;
}

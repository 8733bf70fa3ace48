package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderConfigTest {
  @Test
  void theUsualProportionsFollowFromTheWidth() {
    assertEquals(new EncoderConfig(8, 64, 4, 256, 6, 64), EncoderConfig.of(8, 64));
  }

  @Test
  void patchesCoverTheImage() {
    EncoderConfig config = new EncoderConfig(1, 16, 1, 16, 4, 1);
    assertEquals(36, config.states());
    assertEquals(16, config.patchPixels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|16|2|32|6|8|blocks: expected at least 1, found 0",
        "2|24|2|32|6|8|width: expected a multiple of 16, found 24",
        "2|0|2|32|6|8|width: expected a multiple of 16, found 0",
        "2|16|3|32|6|8|heads: expected a divisor of the width, found 3",
        "2|16|2|40|6|8|mlpWidth: expected a multiple of 16, found 40",
        "2|16|2|32|5|8|patchSize: expected a divisor of 24, found 5",
        "2|16|2|32|6|0|embedding: expected at least 1, found 0"
      })
  void sizesThatDoNotFitAreRefused(
      int blocks, int width, int heads, int mlp, int patch, int embedding, String message) {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> new EncoderConfig(blocks, width, heads, mlp, patch, embedding));
    assertEquals(message, failure.getMessage());
  }
}

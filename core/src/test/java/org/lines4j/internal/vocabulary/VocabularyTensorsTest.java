package org.lines4j.internal.vocabulary;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTensorsTest {
  /// Of XLNet, Whisper and TrOCR.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "transformer.word_embedding.weight",
        "lm_loss.bias",
        "proj_out.weight",
        "decoder.output_projection.weight"
      })
  void embeddingsAndHeadsHaveARowForEachToken(String name) {
    assertTrue(VocabularyTensors.isNamed(name));
  }
}

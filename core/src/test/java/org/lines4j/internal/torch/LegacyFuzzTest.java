package org.lines4j.internal.torch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;

/// Whatever follows what files from before PyTorch 1.6 begin with, [TorchFuzzTest] holds.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=LegacyFuzzTest
/// -Djazzer.hooks=true`.
class LegacyFuzzTest {
  /// Two pickles: the magic number, and the protocol's, 1001.
  private static final byte[] BEGINNING =
      HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa850192e80024de9032e");

  @FuzzTest(maxDuration = "3m")
  void aCheckpointIsRefusedOrItsTensorsLieInIt(byte[] bytes) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(BEGINNING);
    file.writeBytes(bytes);
    new TorchFuzzTest().aCheckpointIsRefusedOrItsTensorsLieInIt(file.toByteArray());
  }
}

package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DigestsTest {
  /// FIPS 180-4's example.
  @Test
  void theStandardsExampleComesOut() {
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assertEquals(abc, Digests.sha256("abc"));
    assertEquals(abc, Digests.sha256(new byte[] {'a', 'b', 'c'}));
  }
}

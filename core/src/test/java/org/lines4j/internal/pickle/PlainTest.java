package org.lines4j.internal.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.internal.pickle.Value.Items;
import org.lines4j.storage.Location;
import org.lines4j.testing.BytesInMemory;

/// The bytes are Python's own: `pickle.dumps(value, protocol=2)` and 4.
class PlainTest {
  private static Value read(byte[] bytes) throws IOException {
    return PickleReader.read(
        new PickleBytes(new BytesInMemory(Location.parse("x"), bytes), 0, bytes.length));
  }

  /// `{'a': 1, 'b': -7, 'c': [1.5, None, True, False], 'd': (2, 'x'), 'e': {'f': -2**40}}`.
  @ParameterizedTest
  @ValueSource(
      strings = {
        // {'a': 1, 'b': -7, 'c': [1.5, None, True, False], 'd': (2, 'x'), 'e': {'f': -2**40}}
        "80027d71002858010000006171014b0158010000006271024af9ffffff58010000006371"
            + "035d710428473ff80000000000004e88896558010000006471054b025801000000787106"
            + "86710758010000006571087d7109580100000066710a8a060000000000ff73752e"
      })
  void valuesComeOutAsTheyWere(String hex) throws IOException {
    Value value = read(HexFormat.of().parseHex(hex));
    assertTrue(new Plain().isOne(value));
    byte[] written = written(value);
    Value again = read(written);
    assertEquals(HexFormat.of().formatHex(written), HexFormat.of().formatHex(written(again)));
    assertEquals(5, ((Value.Dict) again).entries().size());
    assertEquals(new Value.Whole(-7), ((Value.Dict) again).find("b").orElseThrow());
    Value.Dict inner = (Value.Dict) ((Value.Dict) again).find("e").orElseThrow();
    assertEquals(new Value.Whole(-(1L << 40)), inner.find("f").orElseThrow());
  }

  private static byte[] written(Value value) {
    PickleWriter out = new PickleWriter();
    out.value(value);
    return out.bytes();
  }

  @Test
  void whatHoldsItselfOrIsTooManyIsNotPlain() {
    Items self = new Items(false);
    self.items().add(self);
    assertFalse(new Plain().isOne(self));
    Items many = new Items(false);
    for (int i = 0; i < 8; i++) {
      Items next = new Items(false);
      next.items().addAll(List.of(many, many, many, many, many, many));
      many = next;
    }
    assertFalse(new Plain().isOne(many));
    Items texts = new Items(false);
    texts.items().addAll(Collections.nCopies(1000, new Value.Text("x".repeat(100_000))));
    assertFalse(new Plain().isOne(texts));
  }

  @Test
  void setsAndObjectsAreNotPlain() {
    assertFalse(new Plain().isOne(new Items(true)));
    assertFalse(new Plain().isOne(new Value.Global("os", "system")));
    assertFalse(new Plain().isOne(new Value.Inert("bytes")));
    assertTrue(new Plain().isOne(new Items(false)));
  }
}

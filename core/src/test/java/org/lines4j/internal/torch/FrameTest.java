package org.lines4j.internal.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.internal.pickle.Value.Nothing;
import org.lines4j.internal.pickle.Value.Text;
import org.lines4j.internal.pickle.Value.Whole;

class FrameTest {
  private static final Value TENSOR =
      Call.of(new Global("torch._utils", "_rebuild_tensor_v2"), Nothing.NOTHING);
  private static final Value OBJECT = Call.of(new Global("argparse", "Namespace"), Nothing.NOTHING);

  private static Dict dict(Object... keysAndValues) {
    Dict dict = new Dict();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dict.entries()
          .add(new Entry(new Text((String) keysAndValues[i]), (Value) keysAndValues[i + 1]));
    }
    return dict;
  }

  private static List<String> keys(Frame frame) {
    return frame.around().stream().map(Frame.Level::key).toList();
  }

  @Test
  void aStateDictHasNothingAroundIt() {
    Frame frame = Frame.of(dict("a.weight", TENSOR, "step", new Whole(5)));
    assertEquals(List.of(), frame.around());
    assertEquals(1, frame.beside().size());
    assertTrue(frame.isAll());
  }

  @Test
  void dictionariesWithinEachOther() {
    Frame frame =
        Frame.of(
            dict(
                "epoch",
                new Whole(3),
                "outer",
                dict("module", dict("a.weight", TENSOR), "args", OBJECT)));
    assertEquals(List.of("outer", "module"), keys(frame));
    assertEquals(1, frame.around().getFirst().others().size());
    assertEquals(0, frame.around().getLast().others().size());
    assertFalse(frame.isAll(), "an object stays behind");
  }

  @Test
  void severalModelsHaveNoFrame() {
    Dict two = dict("model", dict("a.weight", TENSOR), "ema", dict("a.weight", TENSOR));
    assertEquals(Frame.NONE, Frame.of(two));
  }

  @Test
  void whatKeepsAllIsAnotherFormatThanWhatDoesNot() {
    assertFalse(Frame.NONE.isAll());
    assertTrue(Frame.of(dict("model", dict("a.weight", TENSOR))).isAll());
  }
}

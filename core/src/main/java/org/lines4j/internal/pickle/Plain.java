package org.lines4j.internal.pickle;

import java.util.List;
import java.util.Optional;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.internal.pickle.Value.Nothing;

/// Tells values of which all is known, so that they can be written again: numbers, texts, and lists
/// and dictionaries of such.
public final class Plain {
  /// The dictionary that keeps its order.
  static final Global ORDERED = new Global("collections", "OrderedDict");

  private static final int DEEPEST = 16;

  /// Values, and as many pieces of texts: a value may hold another as often as it likes, and each
  /// time it is written.
  private static final int MOST = 1_000_000;

  private static final int PIECE = 16;

  private int left = MOST;

  /// Begins with one file's values.
  public Plain() {}

  /// Whether a value is one, and not too large to be written together with those before it.
  public boolean isOne(Value value) {
    return isPlain(value, DEEPEST);
  }

  private boolean isPlain(Value value, int depth) {
    if (depth == 0 || left-- <= 0) {
      return false;
    }
    return switch (value) {
      case Nothing _, Value.Flag _, Value.Whole _, Value.Real _ -> true;
      case Value.Text(String text) -> isShort(text);
      case Value.Tuple tuple -> arePlain(tuple.items(), depth);
      case Value.Items items -> !items.isSet() && arePlain(items.items(), depth);
      case Dict dict -> isPlain(dict, depth);
      case Call call -> isEmptyOrdered(call) && isPlain(call.dict(), depth);
      default -> false;
    };
  }

  private boolean isShort(String text) {
    left -= text.length() / PIECE;
    return left > 0;
  }

  private boolean arePlain(List<Value> values, int depth) {
    return values.stream().allMatch(value -> isPlain(value, depth - 1));
  }

  private boolean isPlain(Dict dict, int depth) {
    return dict.entries().stream().map(Entry::key).allMatch(this::isKey)
        && arePlain(dict.entries().stream().map(Entry::value).toList(), depth);
  }

  private boolean isKey(Value key) {
    return key instanceof Value.Text(String text) ? isShort(text) : key instanceof Value.Whole;
  }

  private static boolean isEmptyOrdered(Call call) {
    return call.name().equals(Optional.of(ORDERED.fullName()))
        && call.arguments().isEmpty()
        && call.items().items().isEmpty()
        && call.state() == Nothing.NOTHING;
  }
}

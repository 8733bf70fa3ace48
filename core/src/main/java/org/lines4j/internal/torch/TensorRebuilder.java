package org.lines4j.internal.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.FileTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Flag;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.internal.pickle.Value.Nothing;
import org.lines4j.internal.pickle.Value.Persistent;
import org.lines4j.internal.pickle.Value.Tuple;
import org.lines4j.internal.pickle.Value.Whole;
import org.lines4j.internal.torch.StridedTensor.Change;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Makes tensors of what a pickle says to call: the few functions of PyTorch that build plain ones,
/// by what they would do.
final class TensorRebuilder {
  private static final String UTILS = "torch._utils.";
  private static final String OF_TYPE = "torch._tensor._rebuild_from_type_v2";
  private static final Set<String> PARAMETERS =
      Set.of(UTILS + "_rebuild_parameter", UTILS + "_rebuild_parameter_with_state");

  /// Types that are nothing but a tensor.
  private static final Set<String> PLAIN =
      Set.of(
          "torch.Tensor",
          "torch._tensor.Tensor",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer");

  private static final int MAX_RANK = 64;
  private static final int MAX_WRAPPERS = 4;

  /// Where storages lie.
  interface Storages {
    /// The bytes of a storage.
    ///
    /// @throws InputException if they are not there, or fewer than it says
    ByteRange find(StorageReference storage);
  }

  private final ByteSource file;
  private final Storages storages;
  private final boolean bigEndian;

  TensorRebuilder(ByteSource file, Storages storages, boolean bigEndian) {
    this.file = file;
    this.storages = storages;
    this.bigEndian = bigEndian;
  }

  /// Whether a value is a tensor, of any kind.
  static boolean isTensor(Value value) {
    return value instanceof Call call
        && call.name()
            .filter(name -> name.startsWith(UTILS + "_rebuild") || name.equals(OF_TYPE))
            .isPresent();
  }

  /// The tensor that a value is.
  ///
  /// @throws InputException if it is of another kind, or lies outside of its storage
  TensorSource rebuild(String name, Value value) {
    Value inner = value;
    for (int i = 0; i < MAX_WRAPPERS && inner instanceof Call call; i++) {
      String function = call.name().orElse("");
      if (PARAMETERS.contains(function)) {
        inner = argument(name, call, 0);
      } else if (function.equals(OF_TYPE)) {
        inner = ofType(name, call);
      } else {
        return plain(name, function, call);
      }
    }
    throw malformed(name, "it is wrapped in what is no tensor");
  }

  /// `(function, type, arguments, state)`.
  private Value ofType(String name, Call call) {
    boolean plain =
        argument(name, call, 1) instanceof Global type && PLAIN.contains(type.fullName());
    if (!plain || !(argument(name, call, 0) instanceof Global function)) {
      throw unsupported(name, "a tensor of a class of its own");
    }
    return Call.of(function, argument(name, call, 2));
  }

  private TensorSource plain(String name, String function, Call call) {
    int strides =
        switch (function) {
          case UTILS + "_rebuild_tensor",
              UTILS + "_rebuild_tensor_v2",
              UTILS + "_rebuild_tensor_v3" ->
              3;
          case UTILS + "_rebuild_qtensor" ->
              throw malformed(name, "quantised by PyTorch")
                  .withRemedy(
                      "dequantise it first (tensor.dequantize()), or use the model that it was"
                          + " quantised from");
          default -> throw unsupported(name, "made by " + Shown.of(function));
        };
    if (!(argument(name, call, 0) instanceof Persistent outside)
        || !StorageReference.isStorage(outside)) {
      throw malformed(name, "its first argument should be a storage");
    }
    StorageReference storage = StorageReference.of(outside, file.location());
    boolean hasType = function.endsWith("_v3");
    DType type = hasType ? type(name, argument(name, call, 6)) : typeOf(name, storage);
    TensorView view =
        view(
            name,
            whole(name, argument(name, call, 1)),
            longs(name, argument(name, call, 2)),
            longs(name, argument(name, call, strides)));
    Change change = change(name, type, optional(call, hasType ? 7 : 6));
    return source(name, type, view, storage, change);
  }

  private TensorSource source(
      String name, DType type, TensorView view, StorageReference storage, Change change) {
    int width = type.bytes();
    try {
      long offset = Math.multiplyExact(storage.first(), storage.width());
      long room = Math.multiplyExact(storage.count(), storage.width());
      if (Math.multiplyExact(view.end(), width) > room) {
        throw malformed(
            name,
            "%s %s from element %d on does not fit into its storage of %d bytes"
                .formatted(type, view.shape(), view.first(), room));
      }
      ByteRange bytes = storages.find(storage);
      TensorInfo info = new TensorInfo(name, type, view.shape());
      long byteSize = info.byteSize();
      long place = bytes.from() + offset;
      boolean asStored = view.isContiguous() && change.equals(Change.NONE);
      return asStored || byteSize == 0
          ? new FileTensor(info, file, place + view.first() * width)
          : new StridedTensor(info, view, file, place, change);
    } catch (ArithmeticException e) {
      throw malformed(name, "its size overflows");
    }
  }

  private TensorView view(String name, long first, List<Long> extents, List<Long> strides) {
    if (extents.size() != strides.size() || extents.size() > MAX_RANK) {
      throw malformed(
          name,
          "%d extents and %d strides; expected as many, %d at most"
              .formatted(extents.size(), strides.size(), MAX_RANK));
    }
    if (first < 0
        || extents.stream().anyMatch(n -> n < 0)
        || strides.stream().anyMatch(n -> n < 0)) {
      throw malformed(name, "an extent, stride or start is negative");
    }
    try {
      TensorView view = new TensorView(new Shape(extents), strides, first);
      long _ = view.end();
      return view;
    } catch (ArithmeticException e) {
      throw malformed(name, "its size overflows");
    }
  }

  private DType typeOf(String name, StorageReference storage) {
    return storage.type().orElseThrow(() -> malformed(name, "its storage has no element type"));
  }

  private DType type(String name, Value value) {
    if (!(value instanceof Global global)) {
      throw malformed(name, "its element type should be one of torch's");
    }
    return ElementTypes.ofName(global)
        .orElseThrow(() -> unsupported(name, "of element type " + Shown.of(global.fullName())));
  }

  /// A view of PyTorch may say that its elements are to be negated, or their imaginary parts.
  private Change change(String name, DType type, Value flags) {
    int swap = !bigEndian ? 1 : type == DType.C64 ? 4 : type.bytes();
    boolean negated = isSet(flags, "neg");
    boolean conjugated = isSet(flags, "conj");
    if (!negated && !conjugated) {
      return new Change(swap, 0, 0);
    }
    boolean complex = type == DType.C64;
    boolean one = negated != conjugated;
    if (!one || !(complex || (negated && type.isFloating()))) {
      throw unsupported(name, "whose elements are to be negated or conjugated, as " + type);
    }
    return new Change(swap, complex ? 4 : type.bytes(), conjugated ? 1 : 0);
  }

  private static boolean isSet(Value flags, String name) {
    Optional<Value> value =
        switch (flags) {
          case Dict dict -> dict.find(name);
          case Call call -> call.dict().find(name);
          default -> Optional.empty();
        };
    return value.filter(flag -> flag instanceof Flag(boolean set) && set).isPresent();
  }

  private Value argument(String name, Call call, int index) {
    if (index >= call.arguments().size()) {
      throw malformed(
          name,
          "made by a call with %d arguments, which takes more".formatted(call.arguments().size()));
    }
    return call.arguments().get(index);
  }

  private static Value optional(Call call, int index) {
    return index < call.arguments().size() ? call.arguments().get(index) : Nothing.NOTHING;
  }

  private long whole(String name, Value value) {
    if (value instanceof Whole(long number)) {
      return number;
    }
    throw malformed(name, "its extents, strides and start should be whole numbers");
  }

  /// A tuple, or `torch.Size` of one.
  private List<Long> longs(String name, Value value) {
    Value tuple =
        value instanceof Call call && call.name().equals(Optional.of("torch.Size"))
            ? argument(name, call, 0)
            : value;
    if (!(tuple instanceof Tuple items)) {
      throw malformed(name, "its extents and strides should be tuples");
    }
    List<Long> numbers = new ArrayList<>();
    for (Value item : items.items()) {
      numbers.add(whole(name, item));
    }
    return numbers;
  }

  private InputException malformed(String name, String message) {
    return new InputException(file.location(), "tensor " + Shown.of(name) + ": " + message)
        .withTensor(Shown.of(name));
  }

  private InputException unsupported(String name, String kind) {
    return malformed(name, kind)
        .withRemedy(
            "only plain tensors are read, of numbers that lie one by one: make it dense and save it"
                + " again");
  }
}

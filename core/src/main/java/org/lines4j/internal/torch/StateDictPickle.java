package org.lines4j.internal.torch;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.pickle.PickleWriter;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A dictionary of tensors as `torch.save` pickles what `state_dict()` gives: an `OrderedDict`, in
/// which each tensor is all of a storage of its own, or shares it with another name.
final class StateDictPickle {
  private static final Global REBUILD = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global REBUILD_TYPED = new Global("torch._utils", "_rebuild_tensor_v3");

  private final PickleWriter out = new PickleWriter();
  private final Frame frame;

  /// Begins the dictionary, within others.
  StateDictPickle(Frame frame) {
    this.frame = frame;
    frame.begin(out);
    out.orderedDictionary();
    out.mark();
  }

  /// Adds a tensor.
  ///
  /// @param name under which
  /// @param storage the key of its storage
  void add(String name, TensorInfo tensor, String storage) {
    boolean hasStorage = ElementTypes.storageOf(tensor.dtype()).isPresent();
    out.text(name);
    out.global(hasStorage ? REBUILD : REBUILD_TYPED);
    out.mark();
    storage(tensor, storage);
    out.whole(0); // where it begins
    out.tuple(tensor.shape().dims());
    out.tuple(strides(tensor.shape()));
    out.no(); // no gradient is wanted
    out.orderedDictionary(); // hooks
    if (!hasStorage) {
      out.global(new Global("torch", ElementTypes.nameOf(tensor.dtype()).orElseThrow()));
    }
    out.tuple();
    out.call();
  }

  /// Storages of the newer types only count bytes.
  private void storage(TensorInfo tensor, String key) {
    DType type = tensor.dtype();
    out.mark();
    out.word("storage");
    out.global(ElementTypes.storageOf(type).orElse(ElementTypes.UNTYPED));
    out.text(key);
    out.word("cpu");
    out.whole(ElementTypes.storageOf(type).isPresent() ? tensor.elements() : tensor.byteSize());
    out.tuple();
    out.outside();
  }

  /// How many elements lie between neighbours in each dimension; where there are none, that says
  /// nothing, and their product may not be a number.
  private static List<Long> strides(Shape shape) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (long extent : shape.dims().reversed()) {
      strides.add(stride);
      stride *= shape.elements() == 0 ? 1 : extent;
    }
    return strides.reversed();
  }

  /// The pickle of all that was added.
  byte[] bytes() {
    frame.end(out);
    return out.bytes();
  }
}

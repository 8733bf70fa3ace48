package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.Counted;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.config.TaskConfig;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.tensor.Shape;

/// A model with the head of another task, or for other labels, which an adapter brings and the
/// model lacks: as transformers opens a language model for PEFT to train a classifier. Its own head
/// stays behind, and its configuration says what it is for. Closing it closes nothing.
public final class HeadedModel extends ReconfiguredModel {
  /// What the classes of PEFT's tasks end in, as far as they have heads that others lack.
  private static final Map<String, String> TASKS =
      Map.of(
          "SEQ_CLS", "ForSequenceClassification",
          "TOKEN_CLS", "ForTokenClassification",
          "QUESTION_ANS", "ForQuestionAnswering");

  private static final Pattern CLASSIFIER =
      Pattern.compile("\\w+For(\\w*Classification|SemanticSegmentation)");
  private static final Pattern ANSWERING = Pattern.compile("\\w+ForQuestionAnswering");

  /// Matrices with a row for each label, the likeliest first: heads of several layers have one of
  /// these behind others.
  private static final List<Pattern> LABELLED =
      List.of(
          Pattern.compile("(^|\\.)(out_proj|logits_proj|linear_out)\\.weight$"),
          Pattern.compile("(^|\\.)(classifier|score)(\\.1)?\\.weight$"),
          Pattern.compile("(^|\\.)classifier\\.dense\\.weight$"));

  /// Each is written into a configuration; ImageNet's largest set has 22 000.
  private static final long MOST_LABELS = 200_000;

  private final TaskConfig task;
  private final Set<String> left;
  private final Set<String> heads;

  private HeadedModel(Checkpoint model, Parts parts, TaskConfig task, Set<String> heads) {
    super(model, parts.shown, file -> Optional.of(task.in(file)));
    this.task = task;
    this.left = parts.left;
    this.heads = new TreeSet<>(heads);
  }

  /// A model with the heads of an adapter that it lacks; empty where it lacks none, or where
  /// nothing says what it becomes with them.
  ///
  /// @param base the model's tensors by the adapter's names
  static Optional<HeadedModel> of(Adapter adapter, BaseTensors base, Checkpoint model)
      throws IOException {
    Optional<TaskConfig> task =
        adapter.wholes().isEmpty() || !model.isFolder()
            ? Optional.empty()
            : task(adapter.config(), model, adapter.wholes());
    if (task.isEmpty()) {
      return Optional.empty();
    }
    boolean isOfTask = isOf(task.get().architecture(), model);
    Map<String, TensorSource> heads = new LinkedHashMap<>(adapter.wholes());
    heads
        .entrySet()
        .removeIf(
            head -> {
              Optional<TensorSource> own = base.find(head.getKey());
              return own.isEmpty()
                  ? base.tiedTo(head.getKey()).isPresent()
                  : hasRoom(own.get().info().shape(), head.getKey(), head.getValue(), isOfTask);
            });
    if (heads.isEmpty()) {
      return Optional.empty();
    }
    addModules(heads, adapter.wholes());
    String architecture = task.get().architecture();
    UnaryOperator<String> names = names(adapter, base, model, architecture);
    return Optional.of(with(heads, model, names, task.get()));
  }

  /// Adds what lies in the modules of a head's tensors, too: PEFT saves these whole.
  ///
  /// @param all what may
  private static void addModules(Map<String, TensorSource> heads, Map<String, TensorSource> all) {
    Set<String> modules = new TreeSet<>();
    heads.keySet().forEach(name -> modules.add(module(name)));
    all.forEach(
        (name, tensor) -> {
          if (modules.contains(module(name))) {
            heads.put(name, tensor);
          }
        });
  }

  private static HeadedModel with(
      Map<String, TensorSource> heads,
      Checkpoint model,
      UnaryOperator<String> names,
      TaskConfig task)
      throws IOException {
    Predicate<String> isLeft = left(model, heads.keySet(), task.architecture());
    return new HeadedModel(model, Parts.of(model, heads, names, isLeft), task, heads.keySet());
  }

  /// Which of a model's tensors are of a head that gives place.
  private static Predicate<String> left(Checkpoint model, Set<String> heads, String architecture)
      throws IOException {
    boolean isOfTask = isOf(architecture, model);
    Set<String> modules = heads.stream().map(HeadedModel::module).collect(Collectors.toSet());
    return name -> RunningNames.isOfHead(name) && !(isOfTask && !modules.contains(module(name)));
  }

  private static boolean isOf(String architecture, Checkpoint model) throws IOException {
    return ModelType.architectures(model.companions()).contains(architecture);
  }

  /// Whether another tensor can take the place of a model's: a head's, for the same task and as
  /// many labels. Whatever else is of another shape does not fit.
  ///
  /// @param own the model's; null where it has none
  private static boolean hasRoom(
      @Nullable Shape own, String name, TensorSource other, boolean isOfTask) {
    return own != null
        && (!RunningNames.isOfHead(name) || (isOfTask && own.equals(other.info().shape())));
  }

  private static String module(String name) {
    return RunningNames.headOf(name).orElse(name);
  }

  /// A base with the head of a model that was tuned from it, as it is there; empty where it has
  /// that, or PEFT has no task for it, or transformers would not find the base's tensors.
  public static Optional<HeadedModel> like(Checkpoint tuned, Checkpoint base) throws IOException {
    if (!tuned.isFolder() || !base.isFolder()) {
      return Optional.empty();
    }
    Optional<TaskConfig> task = taskOf(tuned, base);
    if (task.isEmpty()) {
      return Optional.empty();
    }
    UnaryOperator<String> names = RunningNames.storedAs(base, task.get().architecture());
    Map<String, Shape> own = new HashMap<>();
    base.infos().forEach(info -> own.put(names.apply(info.name()), info.shape()));
    boolean isOfTask = isOf(task.get().architecture(), base);
    Map<String, TensorSource> all = new LinkedHashMap<>();
    UnaryOperator<String> theirs = RunningNames.storedAs(tuned, task.get().architecture());
    tuned.tensors().forEach(tensor -> all.put(theirs.apply(tensor.name()), tuned.source(tensor)));
    Map<String, TensorSource> heads = new LinkedHashMap<>(all);
    heads
        .entrySet()
        .removeIf(
            tensor ->
                hasRoom(own.get(tensor.getKey()), tensor.getKey(), tensor.getValue(), isOfTask));
    addModules(heads, all);
    boolean areHeads =
        heads.keySet().stream().allMatch(name -> RunningNames.headOf(name).isPresent());
    return heads.isEmpty() || !areHeads
        ? Optional.empty()
        : Optional.of(with(heads, base, names, task.get()));
  }

  private static Optional<TaskConfig> taskOf(Checkpoint tuned, Checkpoint base) throws IOException {
    List<String> classes = ModelType.architectures(tuned.companions());
    for (String ending : TASKS.values()) {
      Optional<String> name = TaskConfig.architecture(base.companions(), ending);
      if (name.isPresent() && classes.contains(name.get())) {
        return Optional.of(new TaskConfig(name.get(), Optional.empty()));
      }
    }
    return Optional.empty();
  }

  /// The tensors of its head, by the outermost module that each is in.
  public Map<String, String> heads() {
    Map<String, String> modules = new LinkedHashMap<>();
    heads.forEach(name -> modules.put(name, module(name)));
    return modules;
  }

  /// What its class is called.
  public String architecture() {
    return task.architecture();
  }

  /// PEFT's name for what it is for.
  public Optional<String> peftTask() {
    return TASKS.entrySet().stream()
        .filter(known -> task.architecture().endsWith(known.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// What the model's tensors are called in one with the other head: as its kind is known to name
  /// them, else with what the adapter has in front of its names. (Where it has something else
  /// there, transformers has not loaded the model either, as of Llama for answering questions.)
  private static UnaryOperator<String> names(
      Adapter adapter, BaseTensors base, Checkpoint model, String architecture) throws IOException {
    UnaryOperator<String> known = RunningNames.storedAs(model, architecture);
    for (LoraModule module : adapter.modules()) {
      Optional<String> own = base.layer(module).map(layer -> layer.info().name());
      if (own.isPresent() && known.apply(own.get()).equals(own.get())) {
        String name = own.get();
        String other = module.name() + name.substring(name.lastIndexOf('.'));
        if (other.endsWith("." + name)) {
          String front = other.substring(0, other.length() - name.length());
          return tensor -> front + tensor;
        }
      }
    }
    return known;
  }

  /// In words, that a model has not the head for an adapter's task: PEFT makes one of random
  /// numbers anew each time, so nobody has it.
  static Optional<String> lacking(AdapterConfig config, Checkpoint model) throws IOException {
    Optional<String> ending = config.task().map(TASKS::get);
    List<String> classes =
        ending.isPresent() ? ModelType.architectures(model.companions()) : List.of();
    return classes.isEmpty() || classes.stream().anyMatch(name -> name.contains(ending.get()))
        ? Optional.empty()
        : Optional.of(
            "is for a model that ends in %s, but brings no head: what comes out is a %s"
                .formatted(ending.get(), Shown.of(classes.getFirst())));
  }

  private static Optional<TaskConfig> task(
      AdapterConfig config, Checkpoint model, Map<String, TensorSource> heads) throws IOException {
    Optional<String> ending = config.task().map(TASKS::get);
    Optional<String> name =
        ending.isPresent()
            ? TaskConfig.architecture(model.companions(), ending.get())
            : config.baseClass();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    if (ANSWERING.matcher(name.get()).matches()) {
      return Optional.of(new TaskConfig(name.get(), Optional.empty()));
    }
    return CLASSIFIER.matcher(name.get()).matches()
        ? labels(heads).map(labels -> new TaskConfig(name.get(), Optional.of(labels)))
        : Optional.empty();
  }

  private static Optional<Long> labels(Map<String, TensorSource> heads) {
    return LABELLED.stream()
        .flatMap(
            named ->
                heads.entrySet().stream()
                    .filter(head -> named.matcher(head.getKey()).find())
                    .map(head -> head.getValue().info().shape()))
        .filter(shape -> shape.rank() > 1)
        .findFirst()
        .map(shape -> shape.dims().getFirst())
        .filter(labels -> labels <= MOST_LABELS);
  }

  /// What it has.
  ///
  /// @param shown its tensors
  /// @param left the modules of the model's head, which stay behind, but for those that are the
  ///   same for other labels
  private record Parts(List<ShownTensor> shown, Set<String> left) {
    static Parts of(
        Checkpoint model,
        Map<String, TensorSource> heads,
        UnaryOperator<String> names,
        Predicate<String> isLeft) {
      List<ShownTensor> shown = new ArrayList<>();
      Set<String> left = new TreeSet<>();
      for (StoredTensor tensor : model.tensors()) {
        if (isLeft.test(tensor.name())) {
          left.add(module(tensor.name()));
        } else {
          String name = names.apply(tensor.name());
          shown.add(new ShownTensor(RenamedTensor.of(name, model.source(tensor)), tensor.shard()));
        }
      }
      Optional<TensorSource> like =
          shown.stream()
              .map(ShownTensor::source)
              .filter(source -> source.info().dtype().isFloating())
              .findFirst();
      heads.forEach(
          (name, head) -> {
            TensorSource own = RenamedTensor.of(name, like.orElse(head));
            shown.add(new ShownTensor(new Replacement(own, head), 0));
          });
      heads.keySet().forEach(name -> left.remove(module(name)));
      return new Parts(List.copyOf(shown), left);
    }
  }

  @Override
  public Optional<String> remark() {
    return remarkWith(
        Stream.of(
            "brings a head that its model lacks, so this is a %s%s%s"
                .formatted(
                    Shown.of(task.architecture()),
                    task.labels().map(labels -> " with " + Counted.of(labels, "label")).orElse(""),
                    left.isEmpty() ? "" : ", without %s".formatted(String.join(", ", left)))));
  }
}

package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.lines4j.AdapterEdit;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.config.TiedEmbeddings;
import org.lines4j.internal.lora.AdapterParts;
import org.lines4j.internal.lora.AdapterParts.Part;
import org.lines4j.internal.lora.AdapterParts.Scaling;
import org.lines4j.internal.lora.AdapterText;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.NameSearch;
import org.lines4j.layers.Place;
import org.lines4j.storage.Location;

/// Plans an edit that makes an adapter: `lora_B` times λ, what replaces tensors moved from the
/// base's by λ, everything else as it is.
public final class AdapterPlanner {
  private final AdapterEdit edit;
  private final NameSearch search = new NameSearch();
  private final List<String> notices = new ArrayList<>();

  private AdapterPlanner(AdapterEdit edit) {
    this.edit = edit;
  }

  /// The plan of `edit` with its output at `out`.
  public static PlannedRun plan(AdapterEdit edit, Location out) throws IOException {
    return new AdapterPlanner(edit).plan(Destination.of(out));
  }

  private PlannedRun plan(Destination destination) throws IOException {
    Map<String, Checkpoint> inputs = new LinkedHashMap<>();
    edit.base().ifPresent(base -> inputs.put("base", base));
    inputs.put("adapter", edit.adapter());
    destination.check(inputs.values(), edit.force());
    AdapterParts adapter = AdapterParts.of(edit.adapter(), edit.base());
    EditNotes.falling(edit.scaling()).ifPresent(notices::add);
    LayerMap layers = layers(adapter);
    List<PlannedTensor> tensors = new ArrayList<>();
    for (Part part : adapter.parts()) {
      tensors.add(planned(part, layers.place(part.target())));
    }
    checkMatches(Option.ONLY, edit.only(), adapter);
    checkMatches(Option.SKIP, edit.skip(), adapter);
    EditNotes.withoutUpdate(tensors).ifPresent(notices::add);
    EditNotes.enlarged(tensors).ifPresent(notices::add);
    noteTies();
    Optional<Checkpoint> sidecars =
        destination.isFile() || !edit.adapter().isFolder()
            ? Optional.empty()
            : Optional.of(edit.adapter());
    List<OutputShard> shards =
        List.of(
            new OutputShard(
                AdapterText.WEIGHTS,
                destination.format(),
                edit.adapter().shards().getFirst().metadata(),
                tensors));
    OutputFolder.checkSpace(destination, shards, sidecars, SidecarChanges.none(), notices);
    return new PlannedRun(
        destination.location(),
        shards,
        tensors,
        layers.stacks(),
        inputs,
        settings(),
        notices,
        sidecars,
        SidecarChanges.none(),
        edit.force(),
        "each layer's update is scaled with its depth, ΔW = λ(ℓ)·s·B·A.",
        Optional.empty());
  }

  private LayerMap layers(AdapterParts adapter) {
    boolean isSparse =
        edit.base().isEmpty()
            && LayerSearch.unchecked(adapter.models(), edit.layers()).stacks().isEmpty();
    LayerMap layers =
        LayerSearch.find(
            isSparse ? adapter.withoutGaps().models() : adapter.models(),
            edit.layers(),
            edit.scaling(),
            edit.base().map(Checkpoint::location).orElse(edit.adapter().location()),
            edit.stackless(),
            notices);
    if (edit.base().isEmpty()) {
      layers
          .stacks()
          .forEach(
              stack ->
                  notices.add(
                      "%s: %d layers, as far as the adapter goes; give its base if that has more"
                          .formatted(stack.name(), stack.layers())));
    }
    return layers;
  }

  private PlannedTensor planned(Part part, Place place) {
    Source stored = new Source(edit.adapter(), part.stored());
    double lambda = isEdited(part.target()) ? edit.scaling().lambda(place) : 1;
    float factor = (float) lambda;
    if (!Float.isFinite(factor)) {
      throw RequestException.expected(part.target() + ": λ", "finite", lambda);
    }
    Work work =
        switch (part.scaling()) {
          case Scaling.Fixed _ -> new Work.Copy(stored);
          case Scaling.From(var start, boolean isBase) ->
              Work.scaled(
                  new Source(isBase ? edit.base().orElseThrow() : edit.adapter(), start),
                  stored,
                  factor);
          case Scaling.Unknown _ -> {
            requireOne(
                part,
                factor,
                "it takes the place of the base's, so to scale what it changes, the base must be"
                    + " known",
                "give the base, too");
            yield new Work.Copy(stored);
          }
          case Scaling.Impossible(String why) -> {
            requireOne(part, factor, why, "make a whole model: give its base, and ask for a model");
            yield new Work.Copy(stored);
          }
        };
    OptionalDouble shown =
        part.scaling() instanceof Scaling.Fixed
            ? OptionalDouble.empty()
            : OptionalDouble.of(lambda);
    return new PlannedTensor(part.stored().info(), place, shown, work);
  }

  private void requireOne(Part part, float factor, String why, String remedy) {
    if (factor != 1) {
      throw new InputException(
              edit.adapter().location(),
              "tensor %s: %s (λ is %s)".formatted(part.stored().info().name(), why, factor))
          .withTensor(part.stored().info().name())
          .withRemedy(remedy);
    }
  }

  private boolean isEdited(String name) {
    return found(edit.only(), name, true) && !found(edit.skip(), name, false);
  }

  private boolean found(Optional<Pattern> pattern, String name, boolean otherwise) {
    try {
      return pattern.map(p -> search.isFound(p, name)).orElse(otherwise);
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }

  private void checkMatches(Option option, Optional<Pattern> pattern, AdapterParts adapter) {
    if (pattern.isPresent()
        && adapter.parts().stream().noneMatch(part -> found(pattern, part.target(), false))) {
      throw new RequestException(
              "no name of a tensor that the adapter changes has a match for " + pattern.get())
          .about(option);
    }
  }

  private void noteTies() throws IOException {
    boolean isTied =
        edit.base().isPresent()
            && TiedEmbeddings.of(edit.base().get().companions()).orElse(false)
            && AdapterParts.changesEmbedding(edit.adapter());
    if (isTied) {
      notices.add(
          "the model's head is its embedding, which the adapter changes: while the adapter is not"
              + " merged, peft may leave the head as it was, so the two outputs may differ");
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("scaling", edit.scaling().toString());
    edit.layers().layers().ifPresent(p -> settings.put("layers", p.pattern()));
    edit.only().ifPresent(p -> settings.put("only", p.pattern()));
    edit.skip().ifPresent(p -> settings.put("skip", p.pattern()));
    settings.put("output", "adapter");
    return settings;
  }
}

package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.AdapterEdit;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// An adapter whose update is scaled is an adapter that PEFT loads, with the same names, or an
/// error.
class ScaledAdapterTest {
  @TempDir private Path folder;

  static Stream<PeftCase> cases() throws IOException {
    return PeftCase.ofKind("adapter");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAdapterIsScaledAsItsUpdateIs(PeftCase golden) throws IOException {
    Path out = folder.resolve("out");
    try (Checkpoint adapter = open(golden.adapters().getFirst())) {
      AdapterEdit edit = AdapterEdit.of(adapter).withStackless();
      if (golden.base().isEmpty()) {
        edit.plan(out).run();
      } else {
        try (Checkpoint base = Checkpoint.open(PeftCase.FOLDER.resolve(golden.base()))) {
          edit.withBase(base).plan(out).run();
        }
      }
      assertTrue(golden.mayBeRead(), "should be refused");
      try (Checkpoint written = open(out);
          Checkpoint expected = Checkpoint.open(PeftCase.FOLDER.resolve(golden.expected()))) {
        assertEquals(TensorContents.names(expected), TensorContents.names(written));
        for (TensorInfo info : expected.infos()) {
          golden.check(info.name(), expected, written, Optional.empty());
          assertEquals(Optional.of(info), written.find(info.name()).map(t -> t.info()));
        }
      }
      assertEquals(
          Files.readString(golden.adapters().getFirst().resolve("adapter_config.json")),
          Files.readString(out.resolve("adapter_config.json")));
    } catch (InputException e) {
      assertTrue(golden.mayBeRefused(), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("DoRA"), e.getMessage());
    }
  }

  private static Checkpoint open(Path adapter) throws IOException {
    return Checkpoint.openParts(Location.of(adapter));
  }

  /// Changed parameters of packed experts have no tensor of the module's name in the base, whether
  /// it has the experts packed or one by one.
  @ParameterizedTest
  @CsvSource({
    "mixtral-runtime-names,mixtral_target_parameters",
    "mixtral,mixtral_target_parameters_hub_names"
  })
  void changedParametersAreInTheLayersOfTheBase(String model, String name) throws IOException {
    Path adapters = PeftCase.FOLDER.resolve("adapters");
    Path alone = folder.resolve("alone");
    Path out = folder.resolve("out");
    try (Checkpoint adapter = open(adapters.resolve(name));
        Checkpoint base = Checkpoint.open(PeftCase.FOLDER.resolve("bases").resolve(model))) {
      AdapterEdit.of(adapter).plan(alone).run();
      AdapterEdit.of(adapter).withBase(base).plan(out).run();
      assertArrayEquals(
          Files.readAllBytes(alone.resolve("adapter_model.safetensors")),
          Files.readAllBytes(out.resolve("adapter_model.safetensors")));
      Path only = folder.resolve("only");
      Edit gates = Edit.of(adapter, adapter).withOnly(Pattern.compile("experts.*(gate|w1)"));
      AdapterEdit.like(gates, adapter, Optional.of(base)).plan(only).run();
      try (Checkpoint written = open(only)) {
        assertTrue(
            adapter.infos().stream()
                .map(TensorInfo::name)
                .filter(tensor -> tensor.contains("experts") && tensor.contains("lora_B"))
                .filter(tensor -> !isSame(adapter, written, tensor))
                .allMatch(tensor -> tensor.contains("experts.base_layer.lora_B")));
      }
    }
  }

  private static boolean isSame(Checkpoint a, Checkpoint b, String tensor) {
    try {
      return Arrays.equals(
          TensorContents.bytes(a.source(a.find(tensor).orElseThrow())),
          TensorContents.bytes(b.source(b.find(tensor).orElseThrow())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anAdapterAloneIsNoModel() {
    Path adapter = PeftCase.FOLDER.resolve("adapters").resolve("llama_plain");
    for (Path name : List.of(adapter, adapter.resolve("adapter_model.safetensors"))) {
      InputException e = assertThrows(InputException.class, () -> Checkpoint.open(name));
      assertTrue(String.valueOf(e.getMessage()).contains("MODEL+" + name), e::toString);
    }
  }

  @Test
  void wholeTensorsAreNotScaledWithoutTheBase() throws IOException {
    try (Checkpoint adapter =
        open(PeftCase.FOLDER.resolve("adapters").resolve("llama_modules_to_save"))) {
      Path out = folder.resolve("out");
      InputException e =
          assertThrows(InputException.class, () -> AdapterEdit.of(adapter).plan(out));
      assertTrue(String.valueOf(e.getMessage()).contains("the base must be known"), e::toString);
      assertTrue(String.valueOf(e.getMessage()).contains("give the base"), e::toString);
    }
  }

  @Test
  void aPatternThatNoNameMatchesIsRefused() throws IOException {
    Path lora = PeftCase.FOLDER.resolve("adapters").resolve("llama_plain");
    try (Checkpoint adapter = open(lora)) {
      Path out = folder.resolve("out");
      Edit any = Edit.of(adapter, adapter);
      for (Edit asked :
          List.of(
              any.withOnly(Pattern.compile("q_porj")), any.withSkip(Pattern.compile("q_porj")))) {
        AdapterEdit edit = AdapterEdit.like(asked, adapter, Optional.empty());
        RequestException e = assertThrows(RequestException.class, () -> edit.plan(out));
        assertTrue(String.valueOf(e.getMessage()).contains("has a match for q_porj"), e::toString);
      }
    }
  }

  @Test
  void aDoraAdapterWhoseLambdaIsOneIsCopied() throws IOException {
    Path out = folder.resolve("out");
    Path dora = PeftCase.FOLDER.resolve("adapters").resolve("llama_dora");
    try (Checkpoint adapter = open(dora)) {
      AdapterEdit.of(adapter).withScaling(LayerScaling.uniform(1)).plan(out).run();
      try (Checkpoint written = open(out)) {
        for (TensorInfo info : adapter.infos()) {
          assertEquals(
              0,
              Arrays.compare(
                  TensorContents.bytes(adapter.source(adapter.find(info.name()).orElseThrow())),
                  TensorContents.bytes(written.source(written.find(info.name()).orElseThrow()))));
        }
      }
    }
  }

  @Test
  void anEditedAdapterOnItsBaseIsTheEditedModel() throws IOException {
    Path out = folder.resolve("out");
    Path base = PeftCase.FOLDER.resolve("bases").resolve("llama");
    Path lora = PeftCase.FOLDER.resolve("adapters").resolve("llama_plain");
    PeftCase golden =
        PeftCase.ofKind("edit")
            .filter(c -> c.id().equals("llama_plain/lines"))
            .findFirst()
            .orElseThrow();
    try (Checkpoint adapter = open(lora)) {
      AdapterEdit.of(adapter).plan(out).run();
    }
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint edited = Checkpoint.openOn(from, Location.of(out))) {
      golden.check(from, edited);
    }
  }
}

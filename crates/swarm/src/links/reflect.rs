//! The lists as inspectors, scenes and the remote protocol see them: plain lists, wherever their
//! entries are stored. Whoever writes one makes it the agent's own.

use std::any::Any;

use bevy_ecs::entity::Entity;
use bevy_reflect::{
    ApplyError, FromReflect, GetTypeRegistration, MaybeTyped, PartialReflect, Reflect, ReflectCloneError,
    ReflectFromPtr, ReflectFromReflect, ReflectKind, ReflectMut, ReflectOwned, ReflectRef, TypeInfo, TypePath,
    TypeRegistration, TypeRegistry, Typed,
    list::{self, ListInfo, ListIter},
    utility::GenericTypeInfoCell,
};

use super::{
    Spawned,
    list::{Entries, List},
    neighbors,
};

/// What a list is made of, and where that lies in a shared store.
pub(super) trait Entry: Copy + FromReflect + MaybeTyped + TypePath + GetTypeRegistration {
    fn count(spawned: &Spawned) -> usize;
    fn at(spawned: &Spawned, place: usize) -> Option<&Self>;
    fn copied(spawned: &Spawned) -> Entries<Self>;
}

impl Entry for Entity {
    fn count(spawned: &Spawned) -> usize {
        spawned.row().len()
    }

    fn at(spawned: &Spawned, place: usize) -> Option<&Self> {
        spawned.row().get(place).map(|&node| &spawned.links.agents()[node as usize])
    }

    fn copied(spawned: &Spawned) -> Entries<Self> {
        neighbors::copied(spawned)
    }
}

impl Entry for f64 {
    fn count(spawned: &Spawned) -> usize {
        spawned.weights().len()
    }

    fn at(spawned: &Spawned, place: usize) -> Option<&Self> {
        spawned.weights().get(place)
    }

    fn copied(spawned: &Spawned) -> Entries<Self> {
        spawned.weights().into()
    }
}

/// # Panics
///
/// If the value is no entry: what [`list::List`] asks of wrong types.
fn entry<T: Entry>(value: &dyn PartialReflect) -> T {
    T::from_reflect(value).unwrap_or_else(|| panic!("{} is no {}", value.reflect_type_path(), T::type_path()))
}

impl<T: Entry> list::List for List<T> {
    fn get(&self, index: usize) -> Option<&dyn PartialReflect> {
        let entry = match self {
            Self::Own(own) => own.as_slice().get(index),
            Self::Spawned(spawned) => T::at(spawned, index),
        };
        entry.map(PartialReflect::as_partial_reflect)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut dyn PartialReflect> {
        self.own(T::copied).as_mut_slice().get_mut(index).map(PartialReflect::as_partial_reflect_mut)
    }

    fn insert(&mut self, index: usize, element: Box<dyn PartialReflect>) {
        self.own(T::copied).insert(index, entry(&*element));
    }

    fn remove(&mut self, index: usize) -> Box<dyn PartialReflect> {
        Box::new(self.own(T::copied).remove(index))
    }

    fn len(&self) -> usize {
        match self {
            Self::Own(own) => own.len(),
            Self::Spawned(spawned) => T::count(spawned),
        }
    }

    fn iter(&self) -> ListIter<'_> {
        ListIter::new(self)
    }

    fn drain(&mut self) -> Vec<Box<dyn PartialReflect>> {
        self.own(T::copied).drain(..).map(|entry| Box::new(entry) as Box<dyn PartialReflect>).collect()
    }
}

impl<T: Entry> PartialReflect for List<T> {
    fn get_represented_type_info(&self) -> Option<&'static TypeInfo> {
        Some(Self::type_info())
    }

    fn into_partial_reflect(self: Box<Self>) -> Box<dyn PartialReflect> {
        self
    }

    fn as_partial_reflect(&self) -> &dyn PartialReflect {
        self
    }

    fn as_partial_reflect_mut(&mut self) -> &mut dyn PartialReflect {
        self
    }

    fn try_into_reflect(self: Box<Self>) -> Result<Box<dyn Reflect>, Box<dyn PartialReflect>> {
        Ok(self)
    }

    fn try_as_reflect(&self) -> Option<&dyn Reflect> {
        Some(self)
    }

    fn try_as_reflect_mut(&mut self) -> Option<&mut dyn Reflect> {
        Some(self)
    }

    /// Replaces the whole list: links that a scene does not know of must not stay behind those it does.
    fn try_apply(&mut self, value: &dyn PartialReflect) -> Result<(), ApplyError> {
        let from_kind = value.reflect_kind();
        if from_kind != ReflectKind::List {
            return Err(ApplyError::MismatchedKinds { from_kind, to_kind: ReflectKind::List });
        }
        *self = Self::from_reflect(value).ok_or_else(|| ApplyError::MismatchedTypes {
            from_type: value.reflect_type_path().into(),
            to_type: Self::type_path().into(),
        })?;
        Ok(())
    }

    fn reflect_kind(&self) -> ReflectKind {
        ReflectKind::List
    }

    fn reflect_ref(&self) -> ReflectRef<'_> {
        ReflectRef::List(self)
    }

    fn reflect_mut(&mut self) -> ReflectMut<'_> {
        ReflectMut::List(self)
    }

    fn reflect_owned(self: Box<Self>) -> ReflectOwned {
        ReflectOwned::List(self)
    }

    fn reflect_clone(&self) -> Result<Box<dyn Reflect>, ReflectCloneError> {
        Ok(Box::new(self.clone()))
    }

    fn reflect_partial_eq(&self, value: &dyn PartialReflect) -> Option<bool> {
        list::list_partial_eq(self, value)
    }
}

impl<T: Entry> Reflect for List<T> {
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn into_reflect(self: Box<Self>) -> Box<dyn Reflect> {
        self
    }

    fn as_reflect(&self) -> &dyn Reflect {
        self
    }

    fn as_reflect_mut(&mut self) -> &mut dyn Reflect {
        self
    }

    fn set(&mut self, value: Box<dyn Reflect>) -> Result<(), Box<dyn Reflect>> {
        *self = value.take()?;
        Ok(())
    }
}

impl<T: Entry> FromReflect for List<T> {
    fn from_reflect(reflect: &dyn PartialReflect) -> Option<Self> {
        let list = reflect.reflect_ref().as_list().ok()?;
        list.iter().map(T::from_reflect).collect::<Option<_>>().map(Self::Own)
    }
}

impl<T: Entry> Typed for List<T> {
    fn type_info() -> &'static TypeInfo {
        static CELL: GenericTypeInfoCell = GenericTypeInfoCell::new();
        CELL.get_or_insert::<Self, _>(|| TypeInfo::List(ListInfo::new::<Self, T>()))
    }
}

impl<T: Entry> GetTypeRegistration for List<T> {
    fn get_type_registration() -> TypeRegistration {
        let mut registration = TypeRegistration::of::<Self>();
        registration.register_type_data::<ReflectFromPtr, Self>();
        registration.register_type_data::<ReflectFromReflect, Self>();
        registration
    }

    fn register_type_dependencies(registry: &mut TypeRegistry) {
        registry.register::<T>();
    }
}
